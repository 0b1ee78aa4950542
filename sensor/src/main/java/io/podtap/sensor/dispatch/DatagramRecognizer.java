package io.podtap.sensor.dispatch;

import io.podtap.sensor.detect.Guesses;
import io.podtap.sensor.detect.ServiceDetector;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;

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
  private long tried;
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

  private long candidates(boolean fromOriginator, Payload data) {
    long found = 0;
    if (datagrams == 0) {
      found = dispatcher.parsers().datagramsByPort(flow.responderPort());
    }
    datagrams++;
    if (datagrams <= LOOKS_MAX && !ServiceDetector.isKnown(guesses, fromOriginator)) {
      found |= ServiceDetector.look(guesses, flow, fromOriginator, data, /* isMiddle= */ false);
    } else if (fromOriginator
        && datagrams <= WATCHED_MAX
        && ServiceDetector.mayTurnToTls(guesses)
        && ServiceDetector.isTlsHello(flow, data)
        && (dispatcher.parsers().datagramServices() & Service.QUIC.bit()) == 0) {
      flow.services |= Service.SSL.bit();
    }
    return found & dispatcher.parsers().datagramServices() & ~tried;
  }

  private void begin(long services) {
    for (long left = services; left != 0; left &= left - 1) {
      Service service = Service.of(Long.numberOfTrailingZeros(left));
      DatagramProtocol protocol = dispatcher.parsers().datagram(service);
      if (protocol != null) {
        tried |= service.bit();
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
    boolean watching = ServiceDetector.mayTurnToTls(guesses) && datagrams < WATCHED_MAX;
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
    flow.services |= ServiceDetector.decide(guesses, flow, dispatcher.parsers().datagramServices());
  }
}
