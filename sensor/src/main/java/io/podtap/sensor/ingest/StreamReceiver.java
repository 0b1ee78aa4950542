/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.report.TapReport;
import io.podtap.core.text.PlainText;
import io.podtap.sensor.stream.StreamConsumer;
import io.podtap.sensor.stream.StreamCounters;
import io.podtap.sensor.stream.StreamEnd;
import io.podtap.sensor.stream.StreamPeer;
import io.podtap.sensor.taps.KnownTap;
import io.podtap.sensor.taps.ReceivedLane;
import io.podtap.sensor.taps.TapTable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Joins streams and analysis. One frame's way from a tap's pcapng to the analysis: its tap found,
 * counted, handed on with the time at which it was captured. No allocation per frame. One thread.
 */
final class StreamReceiver implements StreamConsumer {

  private static final String NAMESPACE = TapReport.SECTION_PREFIX + TapReport.NAMESPACE + "=";
  private static final String TAP_ID = TapReport.SECTION_PREFIX + TapReport.SECTION_TAP_ID + "=";

  private static final int LINE_CHARACTERS_MAX = 600;

  /** Taps that one connection may speak for: Podtap's speak for one. */
  private static final int TAPS_PER_STREAM_MAX = 8;

  /** What a section header's comment claims. */
  private record Claim(String namespace, String id, String problem) {

    static Claim of(String comment) {
      String namespace = null;
      String id = null;
      String problem = "";
      for (String line : comment.split("\n", -1)) {
        if (line.startsWith(NAMESPACE)) {
          problem = namespace == null ? problem : "claims two namespaces at once";
          namespace = line.substring(NAMESPACE.length());
        } else if (line.startsWith(TAP_ID)) {
          problem = id == null ? problem : "claims two tap ids at once";
          id = line.substring(TAP_ID.length());
        }
      }
      return new Claim(namespace == null ? "" : namespace, id == null ? "" : id, problem);
    }
  }

  /** One connection. */
  private static final class Stream {
    final long addressHigh;
    final long addressLow;
    private final Set<String> claimed = new HashSet<>();
    private String said = "";
    private String name = "";
    private @Nullable ReceivedLane lane;

    Stream(StreamPeer sender) {
      byte[] address = sender.address().addressAsIpv6();
      addressHigh = ByteBuffer.wrap(address).getLong();
      addressLow = ByteBuffer.wrap(address).getLong(Long.BYTES);
    }

    /** Returns whether it may speak for another tap. */
    boolean claim(String id, String full) {
      claimed.add(full);
      said = id;
      name = full;
      lane = null;
      return claimed.size() <= TAPS_PER_STREAM_MAX;
    }

    /** Returns whether a report's id is what the section header said. */
    boolean isOwn(String id) {
      return id.isEmpty() || said.isEmpty() || id.equals(said);
    }
  }

  private final TapTable taps;
  private final FrameHandler handler;
  private final boolean bindsNamespaces;
  private final String trustDomain;
  private final Consumer<String> news;
  private final Map<Integer, Stream> streams = new HashMap<>();
  private @Nullable Stream last;
  private int lastNumber = -1;
  private long frames;
  private long reports;
  private long badReports;
  private long lateReports;
  private long implausibleTimes;

  /** The clock, read once a batch. */
  private long nowNs;

  /**
   * Makes a receiver.
   *
   * @param listener null where there are no streams
   * @param news told in one line of streams that did not end well, a few a minute
   */
  StreamReceiver(
      TapTable taps,
      FrameHandler handler,
      @Nullable StreamListener listener,
      Consumer<String> news) {
    this.taps = taps;
    this.handler = handler;
    bindsNamespaces = listener != null && listener.bindsNamespaces();
    trustDomain = listener == null ? "" : listener.trustDomain();
    this.news = new LineLimit(news);
  }

  /** Says what time it is, before what came is handed on. */
  void at(long now) {
    nowNs = now;
  }

  @Override
  public void onOpen(StreamPeer sender) {
    stream(sender);
  }

  private Stream stream(StreamPeer sender) {
    Stream found = last;
    if (found == null || sender.number() != lastNumber) {
      found = streams.computeIfAbsent(sender.number(), _ -> new Stream(sender));
      lastNumber = sender.number();
      last = found;
    }
    return found;
  }

  private ReceivedLane lane(Stream stream) {
    ReceivedLane present = stream.lane;
    if (present == null || !taps.isCurrent(present)) { // new, or silent for so long
      present = taps.stream(stream.addressHigh, stream.addressLow, stream.name, nowNs);
      stream.lane = present;
    }
    return present;
  }

  @Override
  public String onSection(StreamPeer sender, String comment) {
    Claim claim = Claim.of(comment);
    if (!claim.problem().isEmpty()) {
      return claim.problem();
    }
    if (!mayBeOf(sender, claim.namespace())) {
      return claim.namespace().isEmpty()
          ? "does not say its namespace, its certificate is of " + sender.names()
          : "claims namespace '"
              + PlainText.of(claim.namespace())
              + "', its certificate is of "
              + sender.names();
    }
    // What is proved of it stands before what it says: no two namespaces share a name.
    String name =
        bindsNamespaces && !claim.id().isEmpty()
            ? claim.namespace() + '/' + claim.id()
            : claim.id();
    if (name.length() > KnownTap.ID_LENGTH_MAX) {
      return "claims a tap id of " + claim.id().length() + " characters";
    }
    if (claim.id().isEmpty()) {
      return "";
    }
    Stream stream = stream(sender);
    if (!stream.claim(claim.id(), name)) {
      return "claims more than " + TAPS_PER_STREAM_MAX + " tap ids";
    }
    lane(stream); // it is in the ledger from here on
    return "";
  }

  /** A stream may say one thing in its section header, and claim another in a report. */
  private boolean mayBeOf(StreamPeer sender, String namespace) {
    return !bindsNamespaces || sender.names().namespaces(trustDomain).contains(namespace);
  }

  @Override
  public void onStatistics(StreamPeer sender, String comment) {
    byte[] bytes = comment.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > TapReport.PAYLOAD_BYTES_MAX) {
      badReports++;
      return;
    }
    TapReport.decode(bytes)
        .filter(report -> mayBeOf(sender, report.value(TapReport.NAMESPACE)))
        .filter(report -> stream(sender).isOwn(report.value(TapReport.TAP_ID)))
        .ifPresentOrElse(
            report -> {
              reports++;
              switch (lane(stream(sender)).onReport(report, nowNs)) {
                case USED -> {}
                case LATE -> lateReports++;
                case BAD -> badReports++;
              }
            },
            () -> badReports++);
  }

  @Override
  public void onFrame(StreamPeer sender, Frame frame) {
    ReceivedLane lane = lane(stream(sender));
    lane.onFrame(frame.length(), nowNs);
    frames++;
    int linkType = frame.linkType();
    boolean outgoing = frame.isOutgoing();
    long offsetNs = 0;
    if (lane.tap().clock().observe(frame.timestampNs(), nowNs)) {
      offsetNs = lane.tap().clock().correctionNs(nowNs);
    } else {
      implausibleTimes++;
      frame.wrap(frame.segment(), frame.offset(), frame.length(), frame.originalLength(), nowNs);
    }
    handler.onFrame(
        frame.received(nowNs).clockOffset(offsetNs).origin(linkType, lane.tap().index(), outgoing));
  }

  @Override
  public void onBatchEnd() {
    handler.onBatchEnd();
  }

  @Override
  public void onClose(StreamPeer sender, StreamEnd end, String problem) {
    streams.remove(sender.number());
    last = null;
    if (!problem.isEmpty()) {
      news.accept(
          "stream of "
              + sender.address()
              + " ("
              + sender.names()
              + "): "
              + PlainText.of(problem, LINE_CHARACTERS_MAX));
    }
  }

  /** What was counted at one moment; the connections' part is the server's. */
  record Moment(StreamReceiver receiver, StreamCounters connections) {}

  /** Returns what was counted so far. */
  StreamSummary summary(StreamCounters connections) {
    return new StreamSummary(
        connections, IngestMetrics.SENSOR.streams.read(new Moment(this, connections)));
  }

  /** Returns frames handed on to analysis. */
  long frames() {
    return frames;
  }

  /** Returns taps' own reports. */
  long reports() {
    return reports;
  }

  /** Returns reports and other comments that are invalid and were not used. */
  long badReports() {
    return badReports;
  }

  /** Returns reports that a newer one had overtaken. */
  long lateReports() {
    return lateReports;
  }

  /** Returns frames whose capture time was not trusted. */
  long implausibleTimes() {
    return implausibleTimes;
  }
}
