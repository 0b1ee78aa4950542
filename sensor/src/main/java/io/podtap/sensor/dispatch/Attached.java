/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.MessageParser;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import org.jspecify.annotations.Nullable;

/** A parser's place on its flow: what it says goes from here to the logs. One thread. */
abstract class Attached implements Session, HeapAccount {

  /** Protocols inside one another, at most. */
  private static final int DEPTH_MAX = 6;

  /** Heap of this object, of the parser and of what it always has. */
  private static final long BYTES = 384;

  final Dispatcher dispatcher;
  final Flow flow;
  final FlowAccount account;
  final Service service;
  private final int depth;

  /** Heap that is accounted for here, or -1 once the parser has gone. */
  private long held;

  private boolean confirmed;
  private boolean failed;

  Attached(Dispatcher dispatcher, FlowAccount account, Service service, int depth) {
    this.dispatcher = dispatcher;
    this.flow = account.flow;
    this.account = account;
    this.service = service;
    this.depth = depth;
    take(BYTES);
  }

  /** Returns whether the parser is sure of its protocol. */
  final boolean isConfirmed() {
    return confirmed;
  }

  /** Returns whether the parser has given up or was taken off. */
  final boolean hasFailed() {
    return failed;
  }

  /** Takes the parser off without a word: another one is sure of the flow. */
  abstract void drop();

  /** Takes a parser off that threw: we are wrong, not the bytes. */
  final void broke(Throwable problem) {
    dispatcher.countFailure(service);
    confirmed = true; // so that it is noted in any case
    violation("parser failed: " + problem.getClass().getSimpleName());
  }

  @Override
  public final void take(long bytes) {
    if (held >= 0) {
      held += bytes;
      dispatcher.budget().take(account, bytes);
    }
  }

  @Override
  public final void giveBack(long bytes) {
    long count = Math.min(bytes, held); // never more than was taken
    if (count > 0) {
      held -= count;
      dispatcher.budget().giveBack(account, count);
    }
  }

  /** Gives back all that the parser holds, which goes now. */
  final void giveBackAll() {
    giveBack(held);
    held = -1;
  }

  @Override
  public final HeapAccount account() {
    return this;
  }

  @Override
  public final Flow flow() {
    return flow;
  }

  @Override
  public final long nowNs() {
    return dispatcher.nowNs();
  }

  @Override
  public final void confirm(Service confirmedService) {
    confirmed = true;
    ZeekRules.onConfirmed(flow, confirmedService);
    if (Protocols.DETECTOR.isNamed(flow, confirmedService)) {
      dispatcher.name(flow, confirmedService);
    }
  }

  @Override
  public final void confirmJoined(Service confirmedService) {
    confirmed = true;
    dispatcher.name(flow, confirmedService);
  }

  @Override
  public final void exchangeRoles() {
    if (flow.protocol() == IpProtocol.UDP && flow.responder().packets == 0) {
      flow.exchangeAddresses();
    } else {
      flow.exchangeRoles();
    }
  }

  @Override
  public final void decoded(boolean fromOriginator, String text) {
    dispatcher.decoded(flow, fromOriginator, text);
  }

  @Override
  public final void weird(String name, String detail) {
    weird(name, detail, service.analyzer());
  }

  @Override
  public final void weird(String name, String detail, String source) {
    ZeekRules.onWeird(flow, name);
    dispatcher.weirds().ofFlow(flow, name, detail, source);
  }

  @Override
  public final void weirdOfNobody(String name, String detail) {
    dispatcher.weirds().ofNobody(name, detail, /* source= */ "");
  }

  @Override
  public final void weirdOfFile(String name, String fuid, String detail) {
    dispatcher.weirds().ofFile(name, fuid, detail);
  }

  @Override
  public final void violation(String reason) {
    violation(reason, "");
  }

  @Override
  public final void violation(String reason, String data) {
    if (failed) {
      return;
    }
    failed = true;
    if (confirmed) {
      flow.removeServices(service.alone());
      dispatcher.noteViolation(this, reason, data);
    }
  }

  @Override
  public final @Nullable StreamParser inner(Service wanted) {
    StreamProtocol protocol = dispatcher.parsers().stream(wanted);
    if (protocol == null || depth == DEPTH_MAX) {
      return null;
    }
    AttachedStream attached = new AttachedStream(dispatcher, account, wanted, depth + 1);
    attached.begin(protocol);
    return attached;
  }

  @Override
  public final @Nullable MessageParser messages(Service wanted) {
    return account.messages(dispatcher, wanted);
  }

  @Override
  public final void expect(
      long originatorHigh,
      long originatorLow,
      long responderHigh,
      long responderLow,
      int responderPort,
      StreamProtocol protocol) {
    dispatcher
        .expectations()
        .add(
            dispatcher.clockNs(),
            originatorHigh,
            originatorLow,
            responderHigh,
            responderLow,
            responderPort,
            protocol);
  }

  @Override
  public final StreamParser innerByContent() {
    return new StreamRecognizer(dispatcher, account, depth + 1, depth == DEPTH_MAX);
  }
}
