/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.log.AnalyzerLog;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.PayloadWatch;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.sink.FlowEvents;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Leads what flows carry to the parsers. What it knows of a flow is linked from {@link
 * Flow#carried}; once nobody listens to a flow any more, {@link Flow#isPayloadWanted} is false and
 * the link is gone. One thread.
 */
public final class Dispatcher {

  /** What flows carry may take, where nothing is said: enough for a test and a small heap. */
  private static final long BYTES_MAX = 64 << 20;

  private static final long FLOW_BYTES_MAX = 4 << 20;
  private static final long TABLE_BYTES_MAX = 4 << 20;

  private final Parsers parsers;
  private final ByteBudget budget;
  private long flowsLetGo;
  private long flowsTooLarge;
  private final WeirdRecorder weirds;
  private final LogStream<AnalyzerLog.Row> analyzerLog;
  private final @Nullable FlowEvents confirmations;
  private final long[] failures = new long[ServiceSet.NUMBER_MAX + 1];
  private final Expectations expectations;
  private final Payload payload = new Payload();

  /** The payload at hand, where parsers read it: grows to the longest there was. */
  private byte[] bytes = new byte[2 << 10];

  /** Sees payload behind the parsers; null where no detection needs it. */
  private @Nullable PayloadWatch watch;

  private final Payload watched = new Payload();

  private long nowNs;
  private long clockNs;

  /**
   * @param sink where {@code weird.log} and {@code analyzer.log} go
   */
  public Dispatcher(Parsers parsers, LogSink sink) {
    this(parsers, sink, new WeirdMemory(), BYTES_MAX, FLOW_BYTES_MAX, TABLE_BYTES_MAX);
  }

  /**
   * As above.
   *
   * @param weirdMemory shared by those who share {@code weird.log}
   * @param bytesMax heap for all that flows carry
   * @param flowBytesMax heap for what one flow carries
   * @param tableBytesMax heap for connections that others have announced
   */
  public Dispatcher(
      Parsers parsers,
      LogSink sink,
      WeirdMemory weirdMemory,
      long bytesMax,
      long flowBytesMax,
      long tableBytesMax) {
    this.parsers = parsers;
    this.budget = new ByteBudget(bytesMax, flowBytesMax);
    this.expectations = new Expectations(tableBytesMax);
    this.weirds = new WeirdRecorder(sink, weirdMemory);
    this.confirmations = FlowEvents.of(sink, "protocol_confirmed");
    this.analyzerLog = sink.open(AnalyzerLog.schema());
  }

  /** Moves time where there is but one clock, nanoseconds since 1970. */
  public void now(long timeNs) {
    now(timeNs, timeNs);
  }

  /**
   * Moves time, nanoseconds since 1970.
   *
   * @param timeNs when the packet at hand was captured: for records
   * @param clock the time by which what is remembered is forgotten
   */
  public void now(long timeNs, long clock) {
    nowNs = timeNs;
    clockNs = clock;
    weirds.now(timeNs, clock);
  }

  long clockNs() {
    return clockNs;
  }

  /** Adds a protocol to those of a flow, and tells detections of it. */
  void name(Flow flow, Service service) {
    if (confirmations != null && !service.isIn(flow.services())) {
      flow.addServices(service.alone());
      confirmations.tell(
          flow,
          /* fromOriginator= */ true,
          service.analyzer(),
          Protocols.analyzers(flow.services()),
          service.number());
    } else {
      flow.addServices(service.alone());
    }
  }

  long nowNs() {
    return nowNs;
  }

  ByteBudget budget() {
    return budget;
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

  /** Shows payload to the detections from now on. */
  public void watch(PayloadWatch detections) {
    watch = detections;
  }

  /** Takes a datagram's payload, or bytes of a stream in their order. */
  public void onPayload(
      Flow flow, boolean fromOriginator, MemorySegment segment, long offset, int length) {
    parse(flow, fromOriginator, segment, offset, length);
    PayloadWatch watching = watch;
    if (watching != null) {
      watching.onPayload(flow, fromOriginator, watched.wrap(bytes, 0, length), nowNs);
    }
  }

  /** Shows text that a parser had to decode to the detections. */
  void decoded(Flow flow, boolean fromOriginator, String text) {
    PayloadWatch watching = watch;
    if (watching != null) {
      watching.onText(flow, fromOriginator, text, nowNs);
    }
  }

  private void parse(
      Flow flow, boolean fromOriginator, MemorySegment segment, long offset, int length) {
    take(segment, offset, length);
    if (flow.protocol() == IpProtocol.UDP) {
      onDatagram(flow, fromOriginator);
      return;
    }
    StreamRecognizer recognizer = recognizer(flow);
    recognizer.onData(fromOriginator, payload);
    leaveIfOver(flow, recognizer);
    keepToBudget();
  }

  /** Returns the flow's recognizer, which begins with its first bytes or the first gap. */
  private StreamRecognizer recognizer(Flow flow) {
    if (flow.carried() instanceof StreamRecognizer known) {
      return known;
    }
    StreamRecognizer begun =
        new StreamRecognizer(this, budget.open(flow), /* depth= */ 0, /* over= */ false);
    StreamProtocol expected = expectations.take(flow, clockNs);
    if (expected != null) {
      begun.settleOn(expected);
    }
    flow.carry(begun);
    return begun;
  }

  /** Ends listening; what a balancer told counts until the record is written. */
  private void leaveIfOver(Flow flow, StreamRecognizer recognizer) {
    if (!recognizer.isOver()) {
      return;
    }
    recognizer.decide();
    forget(flow);
    if (recognizer.proxyBytes() > 0) {
      FlowAccount rest = budget.open(flow);
      budget.take(rest, recognizer.proxyBytes());
      flow.carry(rest);
    }
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
    if (flow.carried() instanceof DatagramRecognizer known) {
      recognizer = known;
    } else {
      recognizer = new DatagramRecognizer(this, budget.open(flow));
      flow.carry(recognizer);
    }
    recognizer.onDatagram(fromOriginator, payload);
    if (recognizer.isOver()) {
      recognizer.decide();
      forget(flow);
    }
    keepToBudget();
  }

  private void forget(Flow flow) {
    switch (flow.carried()) {
      case StreamRecognizer recognizer -> close(recognizer.account());
      case DatagramRecognizer recognizer -> close(recognizer.account());
      case FlowAccount rest -> budget.close(rest);
      case null, default -> {}
    }
    flow.carry(null);
    flow.leavePayload();
  }

  private void close(FlowAccount account) {
    account.endMessages();
    budget.close(account);
  }

  /**
   * Lets flows go that hold too much: their records are written with what is known, and only {@code
   * conn.log} follows them further.
   */
  private void keepToBudget() {
    while (budget.isExceeded()) {
      FlowAccount large = budget.tooLarge();
      if (large != null) {
        flowsTooLarge++;
        letGo(large.flow);
      }
      FlowAccount largest = budget.largest();
      if (largest != null) {
        flowsLetGo++;
        letGo(largest.flow);
      }
    }
  }

  private void letGo(Flow flow) {
    onFlowEnd(flow);
    flow.proxy(null);
  }

  /** Says that the next bytes of a stream will never come. */
  public void onGap(Flow flow, boolean fromOriginator, long length) {
    if (flow.isPayloadWanted()) {
      StreamRecognizer recognizer = recognizer(flow);
      recognizer.onGap(fromOriginator, length);
      leaveIfOver(flow, recognizer);
      keepToBudget();
    }
  }

  /** Says that one end of a stream has sent all it will send. */
  public void onEnd(Flow flow, boolean fromOriginator) {
    if (flow.carried() instanceof StreamRecognizer recognizer) {
      recognizer.onEnd(fromOriginator);
      keepToBudget();
    }
  }

  /** Ends the parsers of a flow; its services are then final. */
  public void onFlowEnd(Flow flow) {
    switch (flow.carried()) {
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
    failures[service.number()]++;
  }

  /** Returns how many flows were let go because all together held too much. */
  public long flowsLetGo() {
    return flowsLetGo;
  }

  /** Returns how many flows were let go because one alone held too much. */
  public long flowsTooLarge() {
    return flowsTooLarge;
  }

  /** Returns the heap that is accounted for what flows carry. */
  public long heldBytes() {
    return budget.bytes();
  }

  /** Returns how often a parser of this service threw and was taken off its flow: our mistakes. */
  public long failures(Service service) {
    return failures[service.number()];
  }

  /** Returns the same of every service that has any, by its name in conn.log. */
  public Map<String, Long> failures() {
    Map<String, Long> met = new TreeMap<>();
    for (Service service : Protocols.services()) {
      if (failures(service) > 0) {
        met.put(service.zeekName(), failures(service));
      }
    }
    return met;
  }
}
