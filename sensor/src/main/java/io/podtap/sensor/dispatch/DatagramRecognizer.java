/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.service.Guesses;
import io.podtap.sensor.service.ServiceDetector;

/** Finds out what datagrams carry and feeds the parser of it. One thread. */
final class DatagramRecognizer implements DatagramParser {

  /** Datagrams that are looked at while nothing is known. */
  private static final int LOOKS_MAX = 8;

  private static final int WATCHED_MAX = 40;

  /** Heap of this object and of what it always has. */
  private static final long BYTES = 256;

  private final Dispatcher dispatcher;
  private final Flow flow;
  private final FlowAccount account;
  private final Guesses guesses = new Guesses();
  private final Candidates<AttachedDatagrams> rivals = new Candidates<>();
  private ServiceSet tried = ServiceSet.EMPTY;
  private int datagrams;
  private boolean sure;
  private boolean over;

  DatagramRecognizer(Dispatcher dispatcher, FlowAccount account) {
    this.dispatcher = dispatcher;
    this.flow = account.flow;
    this.account = account;
    dispatcher.budget().take(account, BYTES);
  }

  FlowAccount account() {
    return account;
  }

  boolean isOver() {
    return over;
  }

  @Override
  public void onDatagram(boolean fromOriginator, Payload data) {
    if (sure && rivals.count() == 1) {
      rivals.get(0).onDatagram(fromOriginator, data);
    } else {
      begin(candidates(fromOriginator, data));
      for (int i = 0; i < rivals.count(); i++) {
        rivals.get(i).onDatagram(fromOriginator, new Payload().wrap(data, 0, data.length()));
      }
    }
    if (rivals.count() > 0) {
      sure |= rivals.settle();
    }
    checkOver();
  }

  private ServiceSet candidates(boolean fromOriginator, Payload data) {
    ServiceSet found = ServiceSet.EMPTY;
    if (datagrams == 0) {
      found = dispatcher.parsers().datagramsByPort(flow.responderPort());
    }
    datagrams++;
    ServiceSet parsed = dispatcher.parsers().datagramServices();
    if (datagrams <= LOOKS_MAX && !ServiceDetector.isKnown(guesses, fromOriginator)) {
      found =
          found.union(
              Protocols.DETECTOR.look(guesses, flow, fromOriginator, data, /* isMiddle= */ false));
    } else if (fromOriginator
        && datagrams <= WATCHED_MAX
        && Protocols.DETECTOR.mayTurnToTls(guesses)
        && Protocols.DETECTOR.isTlsHello(flow, data)
        && !Protocols.DETECTOR.turning(guesses).intersects(parsed)) {
      flow.addServices(Service.SSL.alone());
    }
    return found.intersection(parsed).minus(tried);
  }

  private void begin(ServiceSet services) {
    if (services.isEmpty()) {
      return;
    }
    Parsers parsers = dispatcher.parsers();
    for (int i = 0; i < parsers.datagramCount(); i++) {
      DatagramProtocol protocol = parsers.datagramAt(i);
      Service service = protocol.service();
      if (service.isIn(services)) {
        tried = tried.union(service.alone());
        AttachedDatagrams attached = new AttachedDatagrams(dispatcher, account, service);
        attached.begin(protocol);
        rivals.add(attached);
      }
    }
  }

  private void checkOver() {
    if (rivals.count() > 0) {
      return;
    }
    boolean heard =
        ServiceDetector.areBothHeard(guesses)
            && (datagrams >= LOOKS_MAX
                || (ServiceDetector.isKnown(guesses, true)
                    && ServiceDetector.isKnown(guesses, /* fromOriginator= */ false)));
    boolean watching = Protocols.DETECTOR.mayTurnToTls(guesses) && datagrams < WATCHED_MAX;
    over = sure || datagrams >= WATCHED_MAX || (heard && !watching);
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
    ServiceSet parsed = dispatcher.parsers().datagramServices();
    flow.addServices(Protocols.DETECTOR.decide(guesses, flow, parsed));
  }
}
