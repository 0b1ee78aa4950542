package io.podtap.sensor.parse.redis;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** Redis over TCP. */
public final class RedisProtocol implements StreamProtocol {

  final LogStream<RedisRow> log;

  /** Opens {@code redis.log}. */
  public RedisProtocol(LogSink sink) {
    this.log = sink.open(RedisRow.schema());
  }

  @Override
  public Service service() {
    return Service.REDIS;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 6_379;
  }

  @Override
  public boolean followsPartial() {
    return true;
  }

  @Override
  public StreamParser begin(Session session) {
    return new RedisParser(this, session);
  }
}
