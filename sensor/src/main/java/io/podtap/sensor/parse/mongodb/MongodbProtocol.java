package io.podtap.sensor.parse.mongodb;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.requests.Requests;

/** MongoDB over TCP. */
public final class MongodbProtocol implements StreamProtocol {

  final Requests requests;
  final CompressedMessage compressed = new CompressedMessage();

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
  public boolean followsPartial() {
    return true;
  }

  @Override
  public StreamParser begin(Session session) {
    return new MongodbParser(this, session);
  }
}
