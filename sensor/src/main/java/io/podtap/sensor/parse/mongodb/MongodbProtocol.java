package io.podtap.sensor.parse.mongodb;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.requests.Requests;

/** MongoDB over TCP. */
public final class MongodbProtocol implements StreamProtocol {

  private final Requests requests;

  /**
   * @param requests where connections count
   */
  public MongodbProtocol(Requests requests) {
    this.requests = requests;
  }

  @Override
  public Service service() {
    return Service.MONGODB;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 27_017;
  }

  @Override
  public StreamParser begin(Session session) {
    return new MongodbParser(requests, session);
  }
}
