/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Pairing;
import io.podtap.sensor.parse.Session;

/**
 * The requests of one connection: counts them, and keeps those that wait for their answers. HTTP
 * inside HTTP, behind an upgrade or a CONNECT, goes on with those of the HTTP around it, as in
 * Zeek: its requests are numbered further, and its first answer completes a request that was
 * answered with a status below 200. One thread.
 */
final class Transactions {

  /** Requests that wait for their answers; with more, they are written without. */
  private static final int PENDING_MAX = 100;

  final Pairing<HttpTransaction> pending;
  private final HttpProtocol protocol;
  private final long flowStartNs;
  private int depth;

  /** Bytes that are missing since the last request. */
  private long missedBytes;

  Transactions(HttpProtocol protocol, Session session) {
    this.protocol = protocol;
    this.flowStartNs = session.flow().startNs;
    this.pending = new Pairing<>(this::writeUnanswered);
  }

  /** Returns whether these are of the flow at hand, and not of an earlier one in its place. */
  boolean areOf(Session session) {
    return session.flow().startNs == flowStartNs;
  }

  void miss(long bytes) {
    missedBytes += bytes;
  }

  /** Begins a request, which waits for its answer from now on. */
  HttpTransaction begin(Session session) {
    if (pending.pending() > PENDING_MAX) {
      session.weird("HTTP_excessive_pipelining", pending.pending() + " > " + PENDING_MAX, "HTTP");
      pending.giveUp();
    }
    HttpTransaction transaction = begun(session);
    transaction.isPaired = pending.add(transaction, session.nowNs());
    return transaction;
  }

  /** Begins a record that nothing waits for. */
  HttpTransaction begun(Session session) {
    HttpTransaction transaction =
        new HttpTransaction(session.account(), session.flow(), ++depth, session.nowNs());
    transaction.missedBytes = missedBytes;
    missedBytes = 0;
    return transaction;
  }

  /** A request that was answered before it was complete: its rest has a record of its own. */
  void writeRest(Session session, HttpTransaction answered) {
    HttpTransaction rest = begun(session);
    rest.requestBodyLength = answered.requestBodyLength;
    protocol.write(rest);
  }

  /** Writes a request whose answer is not known. */
  void writeUnanswered(HttpTransaction transaction) {
    if (pending.isBroken()) {
      transaction.loseLength(/* ofRequest= */ false);
    }
    protocol.write(transaction);
  }
}
