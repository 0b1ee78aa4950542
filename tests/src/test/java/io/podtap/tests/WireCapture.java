/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A plain {@code tcpdump} at an interface, and what it saw: nothing put together that arrived in
 * pieces.
 */
final class WireCapture extends CaptureFile implements AutoCloseable {

  /** libpcap hands packets over at least so often; what it holds when it is ended is lost. */
  private static final long HAND_OVER_MS = 1_100;

  private final Process tcpdump;

  private WireCapture(Process tcpdump, Path file) {
    super(file);
    this.tcpdump = tcpdump;
  }

  /** Starts to capture the tunnel that arrives at {@code sensor}. */
  static WireCapture start(PodNetwork.Host sensor, Path folder) {
    return start(sensor, folder, "eth0", "udp port 4789 or ip[6:2] & 0x3fff != 0");
  }

  /** Starts to capture what passes {@code device} of a host, and matches a filter. */
  static WireCapture start(PodNetwork.Host sensor, Path folder, String device, String filter) {
    Path file = folder.resolve(device + ".pcap");
    long before = packetSockets(sensor);
    Process tcpdump =
        sensor
            .namespace()
            .start(
                "tcpdump",
                "-i",
                device,
                "-n",
                "-U",
                "-B",
                "32768",
                "-Z",
                "root",
                "-w",
                file.toString(),
                filter);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (packetSockets(sensor) <= before) {
      if (System.nanoTime() > end || !tcpdump.isAlive()) {
        throw new IllegalStateException("tcpdump does not start");
      }
      Program.pause(20);
    }
    return new WireCapture(tcpdump, file);
  }

  private static long packetSockets(PodNetwork.Host host) {
    return host.namespace().run("cat", "/proc/net/packet").lines().count();
  }

  /** Ends the capture. */
  WireCapture stop() {
    Program.pause(HAND_OVER_MS);
    tcpdump.destroy();
    try {
      if (!tcpdump.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("tcpdump does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return this;
  }

  @Override
  public void close() {
    tcpdump.destroyForcibly();
  }
}
