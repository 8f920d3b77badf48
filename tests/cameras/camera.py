#!/usr/bin/python3
"""Cameras for the tests: GStreamer's RTSP server with a picture that moves.

    camera.py [PORT [PORT_LOCKED]]

Says `listening on 127.0.0.1:PORT` and `locked on 127.0.0.1:PORT`, then `play PATH` for each session that
begins and `teardown PATH` for each that is ended.

/live       H.264, 320x240, 25 a second, a picture to begin at each second
/reordered  the same with pictures that lean on later ones (B-frames)
/jpeg       single pictures, no H.264
The second port has /live for the login `guard`, password `p@ss:word`, and for nobody else.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

PICTURE = "videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=240,framerate=25/1"
# Without a profile the server settles on the lowest, which has no B-frames.
H264 = PICTURE + (
    " ! x264enc speed-preset=ultrafast bitrate=300 key-int-max=25 {} ! video/x-h264,profile={}"
    " ! rtph264pay name=pay0 pt=96 config-interval=-1"
)
MOUNTS = {
    "/live": H264.format("bframes=0 tune=zerolatency", "constrained-baseline"),
    "/reordered": H264.format("bframes=2 b-adapt=false", "main"),
    "/jpeg": PICTURE + " ! jpegenc ! rtpjpegpay name=pay0 pt=26",
}


def say(words):
    print(words, flush=True)


def serve(port, paths):
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(port))
    # One thread for all makes a mount that is slow to start hold up the others.
    pool = GstRtspServer.RTSPThreadPool()
    pool.set_max_threads(8)
    server.set_thread_pool(pool)
    factories = []
    for path in paths:
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch("( " + MOUNTS[path] + " )")
        factory.set_shared(True)
        server.get_mount_points().add_factory(path, factory)
        factories.append(factory)
    server.connect("client-connected", connected)
    return server, factories


def connected(_server, client):
    client.connect("play-request", lambda _client, context: say("play " + context.uri.abspath))
    client.connect("teardown-request", lambda _client, context: say("teardown " + context.uri.abspath))


def lock(server, factories):
    role = "guard"
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", role)
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.add_digest("guard", "p@ss:word", token)
    server.set_auth(auth)
    rights = "{}, media.factory.access=(boolean)true, media.factory.construct=(boolean)true".format(role)
    for factory in factories:
        factory.add_role_from_structure(Gst.Structure.from_string(rights)[0])


def main():
    ports = [int(port) for port in sys.argv[1:]] + [0, 0]
    Gst.init(None)
    open_server, _ = serve(ports[0], MOUNTS)
    locked_server, factories = serve(ports[1], ["/live"])
    lock(locked_server, factories)
    if open_server.attach(None) == 0 or locked_server.attach(None) == 0:
        sys.exit("a port is taken")
    say("listening on 127.0.0.1:{}".format(open_server.get_bound_port()))
    say("locked on 127.0.0.1:{}".format(locked_server.get_bound_port()))
    GLib.MainLoop().run()


main()
