package io.podtap.sensor.dispatch;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.AnalyzerLog;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Leads what flows carry to the parsers. What it knows of a flow is linked from {@link
 * Flow#carried}; once nobody listens to a flow any more, {@link Flow#payloadWanted} is false and
 * the link is gone. One thread.
 */
public final class Dispatcher {

  /** Heap that the parser of one flow takes, roughly. */
  public static final int BYTES_PER_PARSER = 1 << 10;

  private final Parsers parsers;
  private final int carriedMax;
  private int carriedCount;
  private long overloads;
  private final WeirdRecorder weirds;
  private final LogStream<AnalyzerLog.Row> analyzerLog;
  private final long[] failures = new long[Service.values().length];
  private final Expectations expectations = new Expectations();
  private final Payload payload = new Payload();

  /** The payload at hand, where parsers read it: grows to the longest there was. */
  private byte[] bytes = new byte[2 << 10];

  private long nowNs;

  /**
   * @param sink where {@code weird.log} and {@code analyzer.log} go
   */
  public Dispatcher(Parsers parsers, LogSink sink) {
    this(parsers, sink, new WeirdMemory(), 1 << 14);
  }

  /**
   * As above.
   *
   * @param weirdMemory shared by those who share {@code weird.log}
   * @param carriedMax flows whose payload is looked into at a time
   */
  public Dispatcher(Parsers parsers, LogSink sink, WeirdMemory weirdMemory, int carriedMax) {
    this.parsers = parsers;
    this.carriedMax = carriedMax;
    this.weirds = new WeirdRecorder(sink, weirdMemory);
    this.analyzerLog = sink.open(AnalyzerLog.schema());
  }

  /** Moves time to that of the packet at hand, nanoseconds since 1970. */
  public void now(long timeNs) {
    nowNs = timeNs;
    weirds.now(timeNs);
  }

  long nowNs() {
    return nowNs;
  }

  Expectations expectations() {
    return expectations;
  }

  Parsers parsers() {
    return parsers;
  }

  /** Returns who writes {@code weird.log}. */
  public WeirdRecorder weirds() {
    return weirds;
  }

  /** Takes a datagram's payload, or bytes of a stream in their order. */
  public void onPayload(
      Flow flow, boolean fromOriginator, MemorySegment segment, long offset, int length) {
    take(segment, offset, length);
    if (flow.protocol() == IpProtocol.UDP) {
      onDatagram(flow, fromOriginator);
      return;
    }
    StreamRecognizer recognizer = recognizer(flow);
    if (recognizer == null) {
      return;
    }
    recognizer.onData(fromOriginator, payload);
    if (recognizer.isOver()) {
      recognizer.decide();
      forget(flow);
    }
  }

  /** Returns the flow's recognizer, which begins with its first bytes; null when none fits. */
  private @Nullable StreamRecognizer recognizer(Flow flow) {
    if (flow.carried instanceof StreamRecognizer known) {
      return known;
    }
    if (isFull(flow)) {
      return null;
    }
    StreamRecognizer begun = new StreamRecognizer(this, flow, /* depth= */ 0, /* over= */ false);
    StreamProtocol expected = expectations.take(flow, nowNs);
    if (expected != null) {
      begun.settleOn(expected);
    }
    flow.carried = begun;
    return begun;
  }

  private void take(MemorySegment segment, long offset, int length) {
    if (length > bytes.length) {
      bytes = new byte[Math.max(length, 2 * bytes.length)];
    }
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, bytes, 0, length);
    payload.wrap(bytes, 0, length);
  }

  private void onDatagram(Flow flow, boolean fromOriginator) {
    DatagramRecognizer recognizer;
    if (flow.carried instanceof DatagramRecognizer known) {
      recognizer = known;
    } else if (isFull(flow)) {
      return;
    } else {
      recognizer = new DatagramRecognizer(this, flow);
      flow.carried = recognizer;
    }
    recognizer.onDatagram(fromOriginator, payload);
    if (recognizer.isOver()) {
      recognizer.decide();
      forget(flow);
    }
  }

  /** Makes room for one more flow, or leaves it alone: it is counted, and its log is conn.log. */
  private boolean isFull(Flow flow) {
    if (carriedCount == carriedMax) {
      overloads++;
      flow.payloadWanted = false;
      return true;
    }
    carriedCount++;
    return false;
  }

  private void forget(Flow flow) {
    if (flow.carried != null) {
      carriedCount--;
    }
    flow.carried = null;
    flow.payloadWanted = false;
  }

  /** Says that the next bytes of a stream will never come. */
  public void onGap(Flow flow, boolean fromOriginator, long length) {
    StreamRecognizer recognizer = recognizer(flow);
    if (recognizer != null) {
      recognizer.onGap(fromOriginator, length);
      if (recognizer.isOver()) {
        recognizer.decide();
        forget(flow);
      }
    }
  }

  /** Says that one end of a stream has sent all it will send. */
  public void onEnd(Flow flow, boolean fromOriginator) {
    if (flow.carried instanceof StreamRecognizer recognizer) {
      recognizer.onEnd(fromOriginator);
    }
  }

  /** Ends the parsers of a flow; its services are then final. */
  public void onFlowEnd(Flow flow) {
    switch (flow.carried) {
      case StreamRecognizer recognizer -> recognizer.onFlowEnd();
      case DatagramRecognizer recognizer -> recognizer.onFlowEnd();
      case null, default -> {}
    }
    forget(flow);
  }

  void noteViolation(Attached attached, String reason, String data) {
    analyzerLog.write(
        new AnalyzerLog.Row(nowNs, attached.service.analyzer(), attached.flow, reason, data));
  }

  void countFailure(Service service) {
    failures[service.ordinal()]++;
  }

  /** Returns how many flows were not looked into because too many were already. */
  public long overloads() {
    return overloads;
  }

  /** Returns how often a parser of this service threw and was taken off its flow: our mistakes. */
  public long failures(Service service) {
    return failures[service.ordinal()];
  }

  /** Returns the same of every service that has any, by its name in conn.log. */
  public Map<String, Long> failures() {
    Map<String, Long> met = new TreeMap<>();
    for (Service service : Service.values()) {
      if (failures(service) > 0) {
        met.put(Service.names().get(service.ordinal()), failures(service));
      }
    }
    return met;
  }
}
