// Starts the demo once for all journeys and hands its address to them; what it returns stops it again.
import { demo } from './server.mjs';

export default async function setup() {
  const { url, password, streams, stop } = await demo();
  process.env.ONEMAP_URL = url;
  process.env.ONEMAP_DEMO_PASSWORD = password;
  if (streams) process.env.ONEMAP_STREAMS = streams;
  return stop;
}
