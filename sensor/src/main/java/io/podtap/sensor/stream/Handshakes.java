/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.stream;

import io.podtap.core.agent.Acceptor;
import io.podtap.core.agent.Heartbeat;
import io.podtap.core.config.Endpoint;
import io.podtap.core.text.AddressText;
import io.podtap.core.trust.Trust;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections and lets them prove who they are, on a thread of its own, so that streams do
 * not wait for handshakes.
 *
 * <p>Bounded in memory: places of {@link StreamLimits#unproven}, half of them for one address. When
 * all are taken the oldest makes room, first among those that have sent nothing. Bounded in work: a
 * step of each address in turn, in slices, and after a slice a pause of half its length.
 */
final class Handshakes implements Runnable, Acceptor.Room {

  private static final int ACCEPTS_PER_TURN = 64;

  /** Nobody makes room before that: who has said nothing, and who is in the middle of it. */
  private static final long SILENT_GRACE_NS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final long GRACE_NS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final long SLICE_NS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long STOP_MS_MAX = 1_000;

  private final Trust trust;
  private final StreamLimits limits;
  private final StreamEnds ends;
  private final Consumer<AcceptedConnection> proven;
  private final Selector selector;
  private final Acceptor acceptor;
  private final Heartbeat heartbeat = new Heartbeat("the handshakes' loop");

  /** In the order in which they came. */
  private final Set<AcceptedConnection> all = new LinkedHashSet<>();

  /** Those with something to do, by address; each address has its turn. */
  private final Map<InetAddress, ArrayDeque<AcceptedConnection>> ready = new LinkedHashMap<>();

  private volatile boolean stopping;

  /**
   * Begins to listen; {@link #run} does the rest.
   *
   * @param proven takes over connections that have proved who they are, on this thread
   */
  Handshakes(
      Trust trust,
      StreamLimits limits,
      Endpoint listen,
      StreamEnds ends,
      Consumer<AcceptedConnection> proven)
      throws IOException {
    this.trust = trust;
    this.limits = limits;
    this.ends = ends;
    this.proven = proven;
    selector = Selector.open();
    try {
      acceptor = Acceptor.listen(selector, listen.toSocketAddress(), ACCEPTS_PER_TURN);
    } catch (IOException e) {
      selector.close();
      throw e;
    }
  }

  ServerSocketChannel listener() {
    return acceptor.listener();
  }

  Heartbeat heartbeat() {
    return heartbeat;
  }

  @Override
  public void run() {
    try {
      while (!stopping) {
        turn();
      }
      List.copyOf(all).forEach(connection -> end(connection, StreamEnd.STOPPED, ""));
      close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      heartbeat.end();
    }
  }

  private void turn() throws IOException {
    heartbeat.beat();
    if (ready.isEmpty()) {
      selector.select(acceptor.selectMs());
    } else {
      selector.selectNow();
    }
    for (SelectionKey key : selector.selectedKeys()) {
      if (key.isValid() && key.attachment() instanceof AcceptedConnection connection) {
        key.interestOps(0);
        ready.computeIfAbsent(connection.address(), _ -> new ArrayDeque<>()).add(connection);
      }
    }
    selector.selectedKeys().clear();
    acceptor.accept(this);
    long beginNs = System.nanoTime();
    work(beginNs);
    expire(beginNs);
    if (!ready.isEmpty()) { // what streams need comes first
      LockSupport.parkNanos(Math.min(System.nanoTime() - beginNs, SLICE_NS) / 2);
    }
  }

  @Override
  public boolean hasPlace() {
    return all.size() < limits.unproven() || makeRoom(oldest(null));
  }

  @Override
  public void failed(IOException problem) {
    ends.unproven(StreamEnd.BROKEN, "it could not be accepted: " + problem.getMessage());
    makeRoom(oldest(null));
  }

  @Override
  public boolean take(SocketChannel channel) throws IOException {
    AcceptedConnection connection;
    try {
      channel.configureBlocking(false);
      connection = new AcceptedConnection(channel);
      connection.deadlineNs = connection.beginNs + limits.handshake().toNanos();
      connection.register(selector);
    } catch (IOException | RuntimeException e) {
      channel.close();
      return true; // it has gone again
    }
    InetAddress address = connection.address();
    boolean hasRoom =
        count(address) < StreamLimits.perAddress(limits.unproven()) || makeRoom(oldest(address));
    all.add(connection);
    return hasRoom; // else it takes what is left for others, and no other is accepted meanwhile
  }

  private int count(InetAddress address) {
    int count = 0;
    for (AcceptedConnection connection : all) {
      count += connection.address().equals(address) ? 1 : 0;
    }
    return count;
  }

  /** Returns who makes room: the oldest that has sent nothing, else the oldest. */
  private @Nullable AcceptedConnection oldest(@Nullable InetAddress address) {
    AcceptedConnection oldest = null;
    for (AcceptedConnection connection : all) {
      if (address == null || connection.address().equals(address)) {
        if (connection.isSilent()) {
          return connection;
        }
        oldest = oldest == null ? connection : oldest;
      }
    }
    return oldest;
  }

  /** Ends a connection in favour of another; false when it is too young. */
  private boolean makeRoom(@Nullable AcceptedConnection oldest) {
    if (oldest == null
        || System.nanoTime() - oldest.beginNs < (oldest.isSilent() ? SILENT_GRACE_NS : GRACE_NS)) {
      return false;
    }
    end(
        oldest,
        StreamEnd.REFUSED,
        "more than " + limits.unproven() + " handshakes at once, or half of them");
    return true;
  }

  /** Lets one connection of each address do a step, again and again for the time of a slice. */
  private void work(long beginNs) {
    while (!ready.isEmpty() && System.nanoTime() - beginNs < SLICE_NS) {
      Map.Entry<InetAddress, ArrayDeque<AcceptedConnection>> first =
          ready.entrySet().iterator().next();
      InetAddress address = first.getKey();
      ArrayDeque<AcceptedConnection> waiting = first.getValue();
      ready.remove(address);
      AcceptedConnection next = waiting.poll();
      if (!waiting.isEmpty()) {
        ready.put(address, waiting); // at the end of the row
      }
      if (next != null && all.contains(next)) {
        advance(next);
      }
    }
  }

  private void advance(AcceptedConnection connection) {
    try {
      connection.send();
      boolean isFirst = connection.isSilent();
      if (isFirst) {
        connection.begin(trust.server());
      }
      int count = connection.receive();
      if (isFirst && count > 0 && connection.receive() < 0) {
        throw new EOFException(); // it has gone: not worth the costly part of a handshake
      }
      connection.shakeHands();
      if (connection.established) {
        all.remove(connection);
        connection.leave();
        proven.accept(connection);
      } else if (count < 0) {
        throw new EOFException();
      } else {
        connection.wantInput();
      }
    } catch (EOFException e) {
      end(connection, StreamEnd.BROKEN, AcceptedConnection.reason(e));
    } catch (IOException e) {
      boolean isBroken =
          !(e instanceof javax.net.ssl.SSLException) && !(e instanceof BoundsException);
      end(
          connection,
          isBroken ? StreamEnd.BROKEN : StreamEnd.NOT_TRUSTED,
          AcceptedConnection.reason(e));
    } catch (RuntimeException e) { // the JDK's TLS, on bytes of anybody
      end(connection, StreamEnd.BROKEN, e.toString());
    }
  }

  private void expire(long nowNs) {
    for (AcceptedConnection oldest = first();
        oldest != null && nowNs - oldest.deadlineNs > 0;
        oldest = first()) {
      end(
          oldest,
          StreamEnd.HANDSHAKE_TIMEOUT,
          "no handshake within " + limits.handshake().toSeconds() + " s");
    }
  }

  private @Nullable AcceptedConnection first() {
    return all.isEmpty() ? null : all.iterator().next();
  }

  private void end(AcceptedConnection connection, StreamEnd end, String problem) {
    if (all.remove(connection)) {
      connection.close();
      ends.unproven(end, AddressText.of(connection.address()) + ": " + problem);
    }
  }

  /** Ends the thread. Any thread. */
  void stop() {
    stopping = true;
    selector.wakeup();
  }

  /** Waits until {@code thread}, which runs this, has ended. */
  static void join(Thread thread) {
    try {
      thread.join(STOP_MS_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void close() throws IOException {
    try (selector) {
      acceptor.close();
    }
  }
}
