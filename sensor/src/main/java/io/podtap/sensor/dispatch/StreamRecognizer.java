/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.ProxyHeader;
import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.service.Guesses;
import io.podtap.sensor.service.ServiceDetector;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a stream carries and feeds the parser of it: a TCP connection, or what is carried
 * inside one.
 *
 * <p>Every protocol that the first bytes or the port allow gets a parser; the first that is sure
 * stays alone. A parser that is chosen late is first told what came before. One thread.
 */
final class StreamRecognizer implements StreamParser {

  /** Bytes of one end that are looked at together. */
  private static final int LOOK_BYTES_MAX = 2 << 10;

  private static final int LOOKS_MAX = 256;

  /** Heap of this object and of what it always has. */
  private static final long BYTES = 256;

  /** Heap of what the PROXY protocol told, without texts. */
  private static final long PROXY_BYTES = 256;

  /** Payloads after both ends' first that are watched for a TLS hello. */
  private static final int PAYLOADS_MAX = 40;

  private final Dispatcher dispatcher;
  private final Flow flow;
  private final FlowAccount account;
  private final int depth;
  private final Guesses guesses = new Guesses();
  private final Candidates<AttachedStream> rivals = new Candidates<>();
  private @Nullable Backlog backlog;
  private ServiceSet tried = ServiceSet.EMPTY;
  private int looks;
  private int payloads;
  private boolean sure;
  private boolean over;

  private boolean originatorHeard;

  /** The header of the PROXY protocol while it is read. */
  private @Nullable ProxyPreface preface;

  /** Heap of what the PROXY protocol told. */
  private long proxyBytes;

  /** Whether bytes were missing before anything was known. */
  private boolean gapSeen;

  StreamRecognizer(Dispatcher dispatcher, FlowAccount account, int depth, boolean over) {
    this.dispatcher = dispatcher;
    this.flow = account.flow;
    this.account = account;
    this.depth = depth;
    this.over = over;
    dispatcher.budget().take(account, BYTES);
    if (!over) {
      backlog = new Backlog(dispatcher.budget(), account, /* isWhole= */ !isPartial());
    }
  }

  FlowAccount account() {
    return account;
  }

  /** Takes the stream for what it was announced as. */
  void settleOn(StreamProtocol protocol) {
    AttachedStream attached = new AttachedStream(dispatcher, account, protocol.service(), depth);
    attached.begin(protocol);
    rivals.add(attached);
    sure = true;
    forgetBacklog();
  }

  private void forgetBacklog() {
    if (backlog != null) {
      backlog.close();
      backlog = null;
    }
  }

  /** Begins to keep anew where any segment may tell, else keeps no more. */
  private void renewBacklog() {
    forgetBacklog();
    if (isMiddle()) {
      backlog = new Backlog(dispatcher.budget(), account, /* isWhole= */ false);
    }
  }

  /** Returns the heap of what a balancer told in front of the connection, 0 for nothing. */
  long proxyBytes() {
    return proxyBytes;
  }

  /** Returns whether nothing more needs to come: nobody listens. */
  boolean isOver() {
    return over;
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    if (over) {
      return;
    }
    if (fromOriginator && isPreface(data)) {
      return;
    }
    if (!sure && isPartial() && Protocols.DETECTOR.isReversed(fromOriginator, data)) {
      exchangeRoles();
      take(!fromOriginator, data);
    } else {
      take(fromOriginator, data);
    }
  }

  /** Steps over the header of the PROXY protocol; returns whether nothing else is there yet. */
  private boolean isPreface(Payload data) {
    if (!originatorHeard) {
      originatorHeard = true;
      boolean mayBegin = depth == 0 && !isMiddle() && ProxyPreface.mayBegin(data);
      preface = mayBegin ? new ProxyPreface(dispatcher.budget(), account) : null;
    }
    ProxyPreface reading = preface;
    if (reading == null) {
      return false;
    }
    if (reading.read(data)) {
      Payload other = reading.isNone() ? reading.held() : null;
      note(reading.header());
      forgetPreface();
      if (other != null) {
        take(true, other);
      }
    }
    return data.isEmpty();
  }

  private void note(@Nullable ProxyHeader header) {
    flow.proxy(header);
    if (header != null) {
      proxyBytes = PROXY_BYTES + HeapSize.texts(header.names().values());
      dispatcher.budget().take(account, proxyBytes);
    }
  }

  private void forgetPreface() {
    if (preface != null) {
      preface.close();
      preface = null;
    }
  }

  /** Begins anew with the ends exchanged. */
  private void exchangeRoles() {
    flow.exchangeRoles();
    flow.partial = true;
    guesses.exchange();
    for (int i = 0; i < rivals.count(); i++) {
      rivals.get(i).violation("roles exchanged");
    }
    rivals.settle();
    if (backlog != null) {
      backlog.exchange();
    }
    tried = ServiceSet.EMPTY;
    payloads = 0;
  }

  private void take(boolean fromOriginator, Payload data) {
    if (sure && rivals.count() == 1) {
      AttachedStream only = rivals.get(0);
      only.onData(fromOriginator, data);
      if (!only.hasFailed()) {
        return;
      }
    } else {
      begin(candidates(fromOriginator, data));
      feed(fromOriginator, data);
    }
    settle();
    if (backlog != null && !backlog.add(fromOriginator, data)) {
      renewBacklog();
    }
    checkOver();
  }

  private void feed(boolean fromOriginator, Payload data) {
    for (int i = 0; i < rivals.count(); i++) {
      rivals.get(i).onData(fromOriginator, new Payload().wrap(data, 0, data.length()));
    }
  }

  private ServiceSet candidates(boolean fromOriginator, Payload data) {
    ServiceSet found = ServiceSet.EMPTY;
    if (payloads == 0 && depth == 0) {
      found = dispatcher.parsers().streamsByPort(flow.responderPort());
    }
    payloads++;
    Backlog before = backlog;
    if (before != null && isWorthALook(before, fromOriginator)) {
      looks++;
      boolean alone = isMiddle() || before.held(fromOriginator) == 0;
      found =
          found.union(
              Protocols.DETECTOR.look(
                  guesses,
                  flow,
                  fromOriginator,
                  alone ? data : before.joined(fromOriginator, data),
                  isMiddle()));
    } else if (fromOriginator && Protocols.DETECTOR.isTlsHello(flow, data)) {
      found = found.union(turnToTls());
    }
    found = found.intersection(dispatcher.parsers().streamServices()).minus(tried);
    return isPartial() ? found.intersection(dispatcher.parsers().partialServices()) : found;
  }

  private boolean isWorthALook(Backlog before, boolean fromOriginator) {
    return looks < LOOKS_MAX
        && !ServiceDetector.isKnown(guesses, fromOriginator)
        && (isMiddle() || before.held(fromOriginator) < LOOK_BYTES_MAX);
  }

  /** A protocol without a parser turns to TLS: what follows is another protocol's. */
  private ServiceSet turnToTls() {
    ServiceSet turning = Protocols.DETECTOR.turning(guesses);
    if (turning.isEmpty() || sure || hasParserOf(turning)) {
      return ServiceSet.EMPTY;
    }
    forgetBacklog();
    if (!Service.SSL.isIn(dispatcher.parsers().streamServices())) {
      flow.addServices(Service.SSL.alone());
    }
    return Service.SSL.alone();
  }

  /** Returns whether a parser is there that leads TLS on by itself. */
  private boolean hasParserOf(ServiceSet services) {
    for (int i = 0; i < rivals.count(); i++) {
      if (rivals.get(i).service.isIn(services)) {
        return true;
      }
    }
    return false;
  }

  private boolean isPartial() {
    return flow.partial && depth == 0;
  }

  private boolean isMiddle() {
    return isPartial() || gapSeen;
  }

  private void begin(ServiceSet services) {
    if (services.isEmpty()) {
      return;
    }
    Parsers parsers = dispatcher.parsers();
    for (int i = 0; i < parsers.streamCount(); i++) {
      StreamProtocol protocol = parsers.streamAt(i);
      Service service = protocol.service();
      if (service.isIn(services)) {
        tried = tried.union(service.alone());
        AttachedStream attached = new AttachedStream(dispatcher, account, service, depth);
        attached.begin(protocol);
        if (backlog != null) {
          backlog.replay(attached);
        }
        rivals.add(attached);
      }
    }
  }

  private void settle() {
    if (rivals.count() > 0 && rivals.settle()) {
      sure = true;
      forgetBacklog();
    }
  }

  /** Stops asking for more when no parser is left and none can come. */
  private void checkOver() {
    if (rivals.count() > 0) {
      return;
    }
    boolean heard =
        ServiceDetector.areBothHeard(guesses)
            && isSettled(true)
            && isSettled(/* fromOriginator= */ false);
    boolean watching = Protocols.DETECTOR.mayTurnToTls(guesses) && payloads < PAYLOADS_MAX;
    if (sure || payloads >= LOOKS_MAX || (payloads >= PAYLOADS_MAX && backlog == null)) {
      over = true;
    } else if (heard && !watching) {
      over = true;
    }
    if (over) {
      forgetBacklog();
    }
  }

  /** Returns whether more bytes of one end would not be looked at together with its first ones. */
  private boolean isSettled(boolean fromOriginator) {
    Backlog before = backlog;
    return before == null || !isWorthALook(before, fromOriginator);
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (over) {
      return;
    }
    gapSeen |= !sure;
    if (fromOriginator) {
      forgetPreface();
    }
    for (int i = 0; i < rivals.count(); i++) {
      rivals.get(i).onGap(fromOriginator, length);
    }
    settle();
    if (backlog != null && !backlog.addGap(fromOriginator, length)) {
      renewBacklog();
    }
    checkOver();
  }

  @Override
  public void onEnd(boolean fromOriginator) {
    for (int i = 0; i < rivals.count(); i++) {
      rivals.get(i).onEnd(fromOriginator);
    }
    settle();
  }

  @Override
  public void onFlowEnd() {
    for (int i = 0; i < rivals.count(); i++) {
      rivals.get(i).onFlowEnd();
    }
    decide();
  }

  /** Names what is carried where no parser knows. */
  void decide() {
    ServiceSet parsed = dispatcher.parsers().streamServices();
    flow.addServices(Protocols.DETECTOR.decide(guesses, flow, parsed));
  }
}
