package io.podtap.sensor.dispatch;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.MINUTES;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.WeirdLog;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.Set;

/**
 * Writes {@code weird.log} by Zeek's rules: an oddity once for the same ends in ten minutes, some
 * once a day for an originator, some never. Allocates nothing. One thread.
 *
 * @see "Zeek: scripts/base/frameworks/notice/weird.zeek"
 */
public final class WeirdRecorder {

  private static final long REPEAT_NS = MINUTES.toNanos(10);
  private static final long REPEAT_PER_ORIGINATOR_NS = DAYS.toNanos(1);

  private static final Set<String> IGNORED =
      Set.of(
          "unsolicited_SYN_response",
          "spontaneous_FIN",
          "spontaneous_RST",
          "FIN_after_reset",
          "unknown_ethertype");

  private static final Set<String> PER_ORIGINATOR =
      Set.of(
          "bad_ICMP_checksum",
          "bad_IP_checksum",
          "bad_TCP_checksum",
          "bad_UDP_checksum",
          "connection_originator_SYN_ack",
          "fragment_inconsistency",
          "fragment_overlap",
          "fragment_size_inconsistency",
          "UDP_datagram_length_mismatch");

  private final LogStream<WeirdLog.Row> log;
  private final WeirdLog.Row row = new WeirdLog.Row();
  private final RecentSet recent = new RecentSet(1 << 14);
  private final WeirdMemory shared;
  private long timeNs;
  private long clockNs;

  WeirdRecorder(LogSink sink, WeirdMemory shared) {
    this.shared = shared;
    log = sink.open(WeirdLog.schema());
  }

  void now(long timeNs, long clockNs) {
    this.timeNs = timeNs;
    this.clockNs = clockNs;
  }

  /** Notes an oddity of a flow. */
  public void ofFlow(Flow flow, String name, String detail, String source) {
    if (IGNORED.contains(name)) {
      return;
    }
    boolean isNew =
        PER_ORIGINATOR.contains(name)
            ? shared.add(
                RecentSet.mix(flow.originatorHigh(), flow.originatorLow(), name.hashCode()),
                clockNs,
                REPEAT_PER_ORIGINATOR_NS)
            : recent.add(id(flow, name), clockNs, REPEAT_NS);
    if (isNew) {
      row.flow = flow;
      row.hasAddresses = false;
      write(name, detail, source);
      row.flow = null;
    }
  }

  private static long id(Flow flow, String name) {
    long ports = (long) flow.originatorPort() << 16 | flow.responderPort();
    long originator = RecentSet.mix(flow.originatorHigh(), flow.originatorLow(), ports);
    return RecentSet.mix(flow.responderHigh() + originator, flow.responderLow(), name.hashCode());
  }

  /** Notes an oddity of a packet that belongs to no flow. */
  public void ofPacket(
      String name,
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow,
      String source) {
    long sender = RecentSet.mix(sourceHigh, sourceLow, name.hashCode());
    boolean perOriginator = PER_ORIGINATOR.contains(name);
    long id = perOriginator ? sender : RecentSet.mix(destinationHigh, destinationLow, sender);
    if (IGNORED.contains(name)) {
      return;
    }
    if (perOriginator
        ? shared.add(id, clockNs, REPEAT_PER_ORIGINATOR_NS)
        : recent.add(id, clockNs, REPEAT_NS)) {
      row.hasAddresses = true;
      row.sourceHigh = sourceHigh;
      row.sourceLow = sourceLow;
      row.destinationHigh = destinationHigh;
      row.destinationLow = destinationLow;
      write(name, "", source);
    }
  }

  /** Notes an oddity of a packet whose addresses are not to be believed. */
  public void ofUnknown(String name, String detail, String source) {
    if (!IGNORED.contains(name) && shared.isSample()) {
      row.hasAddresses = false;
      write(name, detail, source);
    }
  }

  private void write(String name, String detail, String source) {
    row.timeNs = timeNs;
    row.name = name;
    row.detail = detail;
    row.source = source;
    log.write(row);
  }
}
