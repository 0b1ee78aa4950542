package io.podtap.sensor.parse.ldap;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** LDAP over TCP. */
public final class LdapProtocol implements StreamProtocol {

  final LogStream<LdapRow> log;
  final LogStream<LdapSearchRow> searchLog;

  /** Opens {@code ldap.log} and {@code ldap_search.log}. */
  public LdapProtocol(LogSink sink) {
    this.log = sink.open(LdapRow.schema());
    this.searchLog = sink.open(LdapSearchRow.schema());
  }

  @Override
  public Service service() {
    return Service.LDAP_TCP;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 389 || responderPort == 3_268;
  }

  @Override
  public boolean followsPartial() {
    return true;
  }

  @Override
  public StreamParser begin(Session session) {
    return new LdapParser(this, session);
  }
}
