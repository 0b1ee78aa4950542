package io.podtap.sensor.reception;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.report.TapReport;
import io.podtap.core.stream.StreamConsumer;
import io.podtap.core.stream.StreamCounters;
import io.podtap.core.stream.StreamEnd;
import io.podtap.core.stream.StreamSender;
import io.podtap.sensor.taps.Lane;
import io.podtap.sensor.taps.TapTable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Joins streams and analysis. One frame's way from a tap's pcapng to the analysis: its tap found,
 * counted, handed on with the time at which it was captured. No allocation per frame. One thread.
 */
final class StreamReceiver implements StreamConsumer {

  private static final String NAMESPACE = TapReport.SECTION_PREFIX + TapReport.NAMESPACE + "=";
  private static final String TAP_ID = TapReport.SECTION_PREFIX + TapReport.SECTION_TAP_ID + "=";

  /** One connection. */
  private static final class Stream {
    final long addressHigh;
    final long addressLow;
    private final TapTable taps;
    private @Nullable Lane lane;

    Stream(StreamSender sender, TapTable taps) {
      this.taps = taps;
      byte[] address = sender.address().addressAsIpv6();
      addressHigh = ByteBuffer.wrap(address).getLong();
      addressLow = ByteBuffer.wrap(address).getLong(Long.BYTES);
    }

    void isOf(String tap) {
      lane = taps.stream(addressHigh, addressLow, tap);
    }

    Lane lane() {
      Lane present = lane;
      if (present == null) {
        present = taps.stream(addressHigh, addressLow, "");
        lane = present;
      }
      return present;
    }
  }

  private final TapTable taps;
  private final FrameHandler handler;
  private final boolean bindsNamespaces;
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
   * @param bindsNamespaces whether a tap is refused that claims a namespace which its certificate
   *     does not name
   * @param news told in one line of streams that did not end well
   */
  StreamReceiver(
      TapTable taps, FrameHandler handler, boolean bindsNamespaces, Consumer<String> news) {
    this.taps = taps;
    this.handler = handler;
    this.bindsNamespaces = bindsNamespaces;
    this.news = news;
  }

  /** Says what time it is, before what came is handed on. */
  void at(long now) {
    nowNs = now;
  }

  @Override
  public void onOpen(StreamSender sender) {
    stream(sender);
  }

  private Stream stream(StreamSender sender) {
    Stream found = last;
    if (found == null || sender.number() != lastNumber) {
      found = streams.computeIfAbsent(sender.number(), number -> new Stream(sender, taps));
      lastNumber = sender.number();
      last = found;
    }
    return found;
  }

  @Override
  public String onSection(StreamSender sender, String comment) {
    String namespace = "";
    for (String line : comment.split("\n", -1)) {
      if (line.startsWith(NAMESPACE)) {
        namespace = line.substring(NAMESPACE.length());
      } else if (line.startsWith(TAP_ID)) {
        stream(sender).isOf(line.substring(TAP_ID.length()));
      }
    }
    return !mayBeOf(sender, namespace)
        ? "claims namespace '" + namespace + "', its certificate is of " + sender.names()
        : "";
  }

  /** A stream may say nothing in its section header, and claim something in a report. */
  private boolean mayBeOf(StreamSender sender, String namespace) {
    return !bindsNamespaces || sender.names().namespaces().contains(namespace);
  }

  @Override
  public void onStatistics(StreamSender sender, String comment) {
    byte[] bytes = comment.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > TapReport.PAYLOAD_BYTES_MAX) {
      badReports++;
      return;
    }
    TapReport.decode(bytes)
        .filter(report -> mayBeOf(sender, report.value(TapReport.NAMESPACE)))
        .ifPresentOrElse(
            report -> {
              reports++;
              switch (stream(sender).lane().onReport(report, nowNs)) {
                case USED -> {}
                case LATE -> lateReports++;
                case BAD -> badReports++;
              }
            },
            () -> badReports++);
  }

  @Override
  public void onFrame(StreamSender sender, Frame frame) {
    Lane lane = stream(sender).lane();
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
  public void onClose(StreamSender sender, StreamEnd end, String problem) {
    streams.remove(sender.number());
    last = null;
    if (!problem.isEmpty()) {
      news.accept("stream of " + sender.address() + " (" + sender.names() + "): " + problem);
    }
  }

  /** Returns what was counted so far; the connections' part is the server's. */
  StreamSummary summary(StreamCounters connections) {
    return new StreamSummary(
        connections, frames, reports, badReports, lateReports, implausibleTimes);
  }
}
