/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dhcp;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * DHCP over UDP, with the transactions that are open.
 *
 * @see "Zeek: scripts/base/protocols/dhcp/main.zeek"
 */
public final class DhcpProtocol implements DatagramProtocol {

  static final Service SERVICE = Service.named("dhcp");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.UDP, 67)
              .parsedPorts(Transport.UDP, 68, 4_011)
              .datagramAtPort(Declaration.ANY, Signature.alone(DhcpSignature::isMessage))
              .parsers(
                  (with, list) -> list.add(new DhcpProtocol(with.sink(), with.tableBytesMax()))));

  /** Transactions that are open at a time; the oldest makes room. */
  public static final int TRANSACTIONS_MAX = 4_096;

  /** Heap of a transaction with as many texts and messages as it may have. */
  private static final long TRANSACTION_BYTES = 600 + 7 * (40 + 256) + 80;

  private static final long FIRST_LOOK_NS = SECONDS.toNanos(10);
  private static final long SILENCE_NS = SECONDS.toNanos(5);
  private static final long WATCH_NS = SECONDS.toNanos(30);

  private final LogStream<DhcpTransaction> log;
  private final Map<Long, DhcpTransaction> open = new LinkedHashMap<>();
  private int flows;

  private final int transactionsMax;

  /** Opens {@code dhcp.log}. */
  public DhcpProtocol(LogSink sink) {
    this(sink, TRANSACTIONS_MAX * TRANSACTION_BYTES);
  }

  /**
   * As above.
   *
   * @param bytesMax heap that open transactions may take
   */
  public DhcpProtocol(LogSink sink, long bytesMax) {
    this.transactionsMax = Math.clamp(bytesMax / TRANSACTION_BYTES, 1, TRANSACTIONS_MAX);
    this.log = sink.open(DhcpLog.schema());
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public DatagramParser begin(Session session) {
    flows++;
    return new DhcpParser(this, session);
  }

  /** Returns the transaction of this id, which may be new. */
  DhcpTransaction transaction(long id, Session session) {
    long nowNs = session.nowNs();
    expire(nowNs);
    DhcpTransaction transaction = open.get(id);
    if (transaction == null) {
      if (open.size() >= transactionsMax) {
        session.weirdOfNobody(
            "DHCP_max_tracked_transactions_exceeded", Integer.toString(open.size()));
        Iterator<DhcpTransaction> oldest = open.values().iterator();
        log.write(oldest.next());
        oldest.remove();
      }
      transaction = new DhcpTransaction(nowNs);
      open.put(id, transaction);
    }
    return transaction;
  }

  /** Writes a transaction that has as many messages as one may have. */
  void finish(long id) {
    DhcpTransaction transaction = open.remove(id);
    if (transaction != null) {
      log.write(transaction);
    }
  }

  /** Writes transactions that have been silent, or open for long. */
  private void expire(long nowNs) {
    Iterator<DhcpTransaction> oldest = open.values().iterator();
    while (oldest.hasNext()) {
      DhcpTransaction transaction = oldest.next();
      if (nowNs - transaction.startNs < FIRST_LOOK_NS) {
        return;
      }
      if (nowNs - transaction.lastNs > SILENCE_NS || nowNs - transaction.startNs > WATCH_NS) {
        log.write(transaction);
        oldest.remove();
      }
    }
  }

  /** Notes that a flow is over; behind the last one nothing is left to wait for. */
  void onFlowEnd(long nowNs) {
    expire(nowNs);
    if (--flows == 0) {
      open.values().forEach(log::write);
      open.clear();
    }
  }
}
