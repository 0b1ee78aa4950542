/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.ledger;

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
public final class StreamReports implements StreamText {

  private static final String APPLICATION = "podtap tap";
  private static final int SNAPLEN_NONE = 262_144;

  /**
   * What a stream says at its beginning.
   *
   * @param interfaces names, in the order of their indexes
   * @param filter of the capture, or an empty text
   * @param snaplen bytes of a packet at most
   * @param pod who the tap is, for people; or an empty text
   * @param reporting whether it says who it is and what it has counted
   */
  public record Settings(
      List<String> interfaces, String filter, int snaplen, String pod, boolean reporting) {

    public Settings {
      interfaces = List.copyOf(interfaces);
      snaplen = Math.min(snaplen, SNAPLEN_NONE);
    }
  }

  private final ReportText text;
  private final Settings settings;
  private final AtomicLong sequence = new AtomicLong();
  private volatile Supplier<Ledger.Snapshot> ledger = Ledger::empty;

  public StreamReports(ReportText text, Settings settings) {
    this.text = text;
    this.settings = settings;
  }

  /** Takes its numbers from there. */
  public void ledger(Supplier<Ledger.Snapshot> source) {
    ledger = source;
  }

  @Override
  public byte[] beginning() {
    ByteArrayOutputStream blocks = new ByteArrayOutputStream();
    StringBuilder comment = new StringBuilder();
    if (settings.reporting()) {
      text.identity()
          .forEach((key, value) -> {
            String name = key.equals(TapReport.TAP_ID) ? TapReport.SECTION_TAP_ID : key;
            comment.append(TapReport.SECTION_PREFIX).append(name).append('=');
            comment.append(value.replace('\n', ' ')).append('\n');
          });
    }
    blocks.writeBytes(PcapngWriter.section(APPLICATION, comment.toString()));
    String pod = settings.reporting() ? settings.pod() : "";
    for (String name : settings.interfaces()) {
      blocks.writeBytes(
          PcapngWriter.description(
              new PcapngWriter.Interface(
                  name, pod, settings.filter(), LinkType.ETHERNET, settings.snaplen())));
    }
    return blocks.toByteArray();
  }

  @Override
  public byte[] statistics(Moment moment, long packetsSent) {
    Ledger.Snapshot now = ledger.get();
    long nowNs = System.currentTimeMillis() * 1_000_000L;
    String report = settings.reporting() ? report(moment, packetsSent, now) : "";
    ByteArrayOutputStream blocks = new ByteArrayOutputStream();
    for (int i = 0; i < settings.interfaces().size(); i++) {
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
