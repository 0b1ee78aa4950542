package io.podtap.sensor.parse.mysql;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** MySQL over TCP. */
public final class MysqlProtocol implements StreamProtocol {

  final LogStream<MysqlRow> log;

  /** Opens {@code mysql.log}. */
  public MysqlProtocol(LogSink sink) {
    this.log = sink.open(MysqlRow.schema());
  }

  @Override
  public Service service() {
    return Service.MYSQL;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 3_306 || responderPort == 1_434;
  }

  @Override
  public boolean followsPartial() {
    return true;
  }

  @Override
  public StreamParser begin(Session session) {
    return new MysqlParser(this, session);
  }
}
