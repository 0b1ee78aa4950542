package io.podtap.tests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A plain {@code tcpdump} at an interface, and tshark's opinion of what it saw: every checksum
 * checked, nothing put together that arrived in pieces.
 */
final class WireCapture implements AutoCloseable {

  private static final List<String> STRICT =
      List.of(
          "-o", "ip.check_checksum:TRUE",
          "-o", "udp.check_checksum:TRUE",
          "-o", "tcp.check_checksum:TRUE",
          "-o", "ip.defragment:FALSE",
          "-o", "ipv6.defragment:FALSE");

  /** As a sensor sees it: fragments of the inner packets put together. */
  private static final List<String> REASSEMBLING =
      List.of(
          "-o", "ip.check_checksum:TRUE",
          "-o", "udp.check_checksum:TRUE",
          "-o", "ip.defragment:TRUE",
          "-o", "ipv6.defragment:TRUE");

  /** What tshark calls broken: checksums, lengths, dissections that fail. */
  private static final String COMPLAINTS =
      "_ws.malformed || _ws.expert.severity == error || ip.checksum.status == 0"
          + " || tcp.checksum.status == 0 || udp.checksum.status == 0 || ip.bogus_ip_length"
          + " || udp.length.bad";

  /** libpcap hands packets over at least so often; what it holds when it is ended is lost. */
  private static final long HAND_OVER_MS = 1_100;

  private final Process tcpdump;
  private final Path file;

  private WireCapture(Process tcpdump, Path file) {
    this.tcpdump = tcpdump;
    this.file = file;
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

  /** Returns how many packets match a display filter of tshark. */
  long count(String displayFilter) {
    return fields(displayFilter, "frame.number").size();
  }

  /** Returns packets that tshark complains about, with its words. */
  List<String> complaints() {
    return fields(COMPLAINTS, "frame.number", "_ws.col.Protocol", "_ws.col.Info", "_ws.expert");
  }

  /**
   * Returns packets that tshark complains about once it has put fragments together, with its words.
   */
  List<String> complaintsWhenWhole() {
    return fieldsWhenWhole(
        COMPLAINTS
            + " || ip.fragment.error || ip.fragment.overlap || ip.fragment.multipletails"
            + " || ip.fragment.toolongfragment || ipv6.fragment.error || ipv6.fragment.overlap"
            + " || ipv6.fragment.multipletails || ipv6.fragment.toolongfragment",
        "frame.number",
        "_ws.col.Protocol",
        "_ws.col.Info",
        "_ws.expert");
  }

  /** Returns fields of the packets that match, tab-separated; repeated fields comma-separated. */
  List<String> fields(String displayFilter, String... fields) {
    return ask(STRICT, displayFilter, fields);
  }

  /** As {@link #fields}, of packets that are put together from their fragments. */
  List<String> fieldsWhenWhole(String displayFilter, String... fields) {
    return ask(REASSEMBLING, displayFilter, fields);
  }

  private List<String> ask(List<String> options, String displayFilter, String... fields) {
    List<String> command = new ArrayList<>(List.of("tshark", "-n", "-r", file.toString()));
    command.addAll(options);
    command.addAll(List.of("-Y", displayFilter, "-T", "fields"));
    for (String field : fields) {
      command.addAll(List.of("-e", field));
    }
    return Commands.lines(command.toArray(String[]::new));
  }

  @Override
  public void close() {
    tcpdump.destroyForcibly();
  }
}
