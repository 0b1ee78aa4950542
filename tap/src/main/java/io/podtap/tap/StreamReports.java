package io.podtap.tap;

import io.podtap.core.packet.LinkType;
import io.podtap.core.pcap.PcapngWriter;
import io.podtap.core.report.TapReport;
import io.podtap.tap.stream.StreamText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What a stream says between packets; {@link io.podtap.core.pcap} tells how. All interfaces are
 * Ethernet's: frames that come without such a header get one made from the tap's id, as in a
 * tunnel. Any thread.
 */
final class StreamReports implements StreamText {

  private static final String APPLICATION = "podtap tap";
  private static final int SNAPLEN_NONE = 262_144;

  private final ReportText text;
  private final TapIdentity identity;
  private final List<String> interfaces;
  private final String filter;
  private final int snaplen;
  private final boolean reporting;
  private final AtomicLong sequence = new AtomicLong();
  private volatile Supplier<Ledger.Snapshot> ledger = Ledger::empty;

  StreamReports(ReportText text, TapIdentity identity, TapSettings settings) {
    this.text = text;
    this.identity = identity;
    interfaces =
        settings.source() instanceof SourceSettings.Live live
            ? live.interfaces()
            : List.of(settings.source().label());
    filter = settings.source().filter();
    snaplen = Math.min(settings.segment().snaplen(), SNAPLEN_NONE);
    reporting = settings.reporting();
  }

  /** Takes its numbers from there. */
  void ledger(Supplier<Ledger.Snapshot> source) {
    ledger = source;
  }

  @Override
  public byte[] beginning() {
    ByteArrayOutputStream blocks = new ByteArrayOutputStream();
    StringBuilder comment = new StringBuilder();
    if (reporting) {
      text.identity()
          .forEach((key, value) -> {
            String name = key.equals(TapReport.TAP_ID) ? TapReport.SECTION_TAP_ID : key;
            comment.append(TapReport.SECTION_PREFIX).append(name).append('=');
            comment.append(value.replace('\n', ' ')).append('\n');
          });
    }
    blocks.writeBytes(PcapngWriter.section(APPLICATION, comment.toString()));
    String pod = reporting ? describePod() : "";
    for (String name : interfaces) {
      blocks.writeBytes(
          PcapngWriter.description(
              new PcapngWriter.Interface(name, pod, filter, LinkType.ETHERNET, snaplen)));
    }
    return blocks.toByteArray();
  }

  private String describePod() {
    String pod = identity.namespace().isEmpty() ? "" : identity.namespace() + '/';
    String node = identity.node().isEmpty() ? "" : " on " + identity.node();
    return identity.pod().isEmpty() ? "" : "pod " + pod + identity.pod() + node;
  }

  @Override
  public byte[] statistics(Moment moment, long packetsSent) {
    Ledger.Snapshot now = ledger.get();
    long nowNs = System.currentTimeMillis() * 1_000_000L;
    String report = reporting ? report(moment, packetsSent, now) : "";
    ByteArrayOutputStream blocks = new ByteArrayOutputStream();
    for (int i = 0; i < interfaces.size(); i++) {
      String comment = i == 0 ? report : "";
      blocks.writeBytes(
          PcapngWriter.statistics(
              i < now.interfaces().size()
                  ? statistics(i, nowNs, now.interfaces().get(i), comment)
                  : new PcapngWriter.Statistics(i, nowNs, 0, 0, 0, 0, comment)));
    }
    return blocks.toByteArray();
  }

  private static PcapngWriter.Statistics statistics(
      int index, long nowNs, Ledger.InterfaceSnapshot one, String comment) {
    return new PcapngWriter.Statistics(
        index,
        nowNs,
        one.seen(),
        one.droppedByKernel(),
        one.seen() - one.filtered(),
        one.delivered(),
        comment);
  }

  private String report(Moment moment, long packetsSent, Ledger.Snapshot now) {
    ReportText.State state =
        switch (moment) {
          case CONNECTED -> ReportText.State.START;
          case RUNNING -> ReportText.State.RUNNING;
          case STOPPING -> ReportText.State.STOP;
        };
    // What waits stands before this report in a stream, or will never be sent and is failed then.
    long sent = now.sent() + now.waiting();
    byte[] payload = text.encode(state, sequence.getAndIncrement(), packetsSent, sent, now);
    return new String(payload, StandardCharsets.UTF_8);
  }
}
