-- Asks for the lines of a file in a seeded order, over and over: a path, or a path, a tab and the ETag that is held.
-- env ASK: the file; ENCODING: Accept-Encoding; TOKEN: of the login.
local paths, tags, count = {}, {}, 0
for line in io.lines(os.getenv("ASK")) do
  count = count + 1
  local tab = line:find("\t", 1, true)
  paths[count] = tab and line:sub(1, tab - 1) or line
  tags[count] = tab and line:sub(tab + 1) or false
end
local ready = {}

function init()
  math.randomseed(17)
  local encoding, token = os.getenv("ENCODING") or "", os.getenv("TOKEN") or ""
  for n = 1, count do
    local headers = {}
    if encoding ~= "" then headers["Accept-Encoding"] = encoding end
    if token ~= "" then headers["Authorization"] = "Bearer " .. token end
    if tags[n] then headers["If-None-Match"] = tags[n] end
    ready[n] = wrk.format("GET", paths[n], headers)
  end
end

function request() return ready[math.random(count)] end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('{"requests": %d, "seconds": %.6f, "bytes": %d, "p50_ms": %.3f, "p99_ms": %.3f, "errors": %d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.status + e.timeout))
end
