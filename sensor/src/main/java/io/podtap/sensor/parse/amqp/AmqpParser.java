/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.amqp;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.requests.RequestCounts;
import io.podtap.sensor.parse.requests.Requests;

/** Follows one connection to a broker: the client's header says which version. One thread. */
final class AmqpParser implements StreamParser {

  /** Bytes of a connection that is joined in which a frame must be found. */
  private static final long SOUGHT_MAX = 64 << 10;

  private final Requests requests;
  private final Session session;
  private final RequestCounts counts;
  private final AmqpEnd client;
  private final AmqpEnd server;
  private boolean confirmed;
  private boolean over;

  AmqpParser(Requests requests, Session session) {
    this.requests = requests;
    this.session = session;
    this.counts = requests.begin(session);
    this.client = new AmqpEnd(counts, session.flow().partial, session.account());
    this.server = new AmqpEnd(counts, session.flow().partial, session.account());
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    if (over) {
      return;
    }
    AmqpEnd end = fromOriginator ? client : server;
    if (!end.read(data)) {
      over = true;
      session.violation(fromOriginator ? "client's invalid frame" : "server's invalid frame");
      return;
    }
    if (!confirmed && end.soughtBytes() > SOUGHT_MAX) {
      over = true;
      session.violation("no frame");
      return;
    }
    boolean isJoinedAlone = session.flow().partial && end.isSure();
    if (!confirmed && ((client.isTold() && server.isTold()) || isJoinedAlone)) {
      confirmed = true;
      session.confirm(AmqpProtocol.SERVICE);
    }
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (!over) {
      (fromOriginator ? client : server).gap(length);
    }
  }

  @Override
  public void onFlowEnd() {
    if (confirmed) {
      client.end();
      server.end();
      requests.write(counts, "amqp");
    }
  }
}
