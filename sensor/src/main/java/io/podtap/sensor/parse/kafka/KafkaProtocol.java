package io.podtap.sensor.parse.kafka;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.requests.Requests;

/** Kafka over TCP. */
public final class KafkaProtocol implements StreamProtocol {

  private final Requests requests;

  /**
   * @param requests where connections count
   */
  public KafkaProtocol(Requests requests) {
    this.requests = requests;
  }

  @Override
  public Service service() {
    return Service.KAFKA;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 9_092;
  }

  @Override
  public boolean followsPartial() {
    return true;
  }

  @Override
  public StreamParser begin(Session session) {
    return new KafkaParser(requests, session);
  }
}
