package io.podtap.sensor.parse.amqp;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.requests.Requests;

/** AMQP over TCP. */
public final class AmqpProtocol implements StreamProtocol {

  private final Requests requests;

  /**
   * @param requests where connections count
   */
  public AmqpProtocol(Requests requests) {
    this.requests = requests;
  }

  @Override
  public Service service() {
    return Service.AMQP;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 5_672;
  }

  @Override
  public boolean followsPartial() {
    return true;
  }

  @Override
  public StreamParser begin(Session session) {
    return new AmqpParser(requests, session);
  }
}
