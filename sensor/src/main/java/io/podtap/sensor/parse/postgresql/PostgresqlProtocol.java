package io.podtap.sensor.parse.postgresql;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** PostgreSQL over TCP. */
public final class PostgresqlProtocol implements StreamProtocol {

  final LogStream<PostgresqlRow> log;

  /** Opens {@code postgresql.log}. */
  public PostgresqlProtocol(LogSink sink) {
    this.log = sink.open(PostgresqlRow.schema());
  }

  @Override
  public Service service() {
    return Service.POSTGRESQL;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 5_432;
  }

  @Override
  public boolean followsPartial() {
    return true;
  }

  @Override
  public StreamParser begin(Session session) {
    return new PostgresqlParser(this, session);
  }
}
