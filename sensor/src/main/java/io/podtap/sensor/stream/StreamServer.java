/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.stream;

import io.podtap.core.agent.Heartbeat;
import io.podtap.core.agent.Threads;
import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.text.AddressText;
import io.podtap.core.trust.Trust;
import io.podtap.core.trust.TrustStatus;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Receives streams of packets over TLS:
 *
 * <ol>
 *   <li>accept and shake hands, bounded: the sender proves who it is ({@link Handshakes})
 *   <li>decrypt into buffers of a pool ({@link AcceptedConnection})
 *   <li>hand over to the consumer's thread, which reads the pcapng ({@link StreamReader})
 * </ol>
 *
 * The first has a thread of its own, and the second. {@link #poll} is for one other thread; {@link
 * #counters} for any.
 */
public final class StreamServer implements AutoCloseable {

  private static final long SELECT_MS = 250;
  private static final long STARVED_MS = 1;
  private static final long TRUST_NS = TimeUnit.SECONDS.toNanos(5);
  private static final long DRAIN_NS = TimeUnit.MILLISECONDS.toNanos(1_000);

  /** Times that one connection is read before the next one has its turn. */
  private static final int READS_MAX = 64;

  /** What passes to the consumer: a beginning, bytes, or an end. */
  private record Handover(
      AcceptedConnection connection,
      @Nullable Buffer buffer,
      @Nullable StreamEnd end,
      String problem) {}

  private final Trust trust;
  private final StreamLimits limits;
  private final Consumer<String> log;
  private final StreamEnds ends;
  private final Selector selector = Selector.open();
  private final Handshakes handshakes;
  private final Thread handshakesThread;
  private final Thread thread;
  private final Heartbeat heartbeat = new Heartbeat("the streams' loop");

  /** Connections that have just proved who they are. */
  private final Queue<AcceptedConnection> arrived = new ConcurrentLinkedQueue<>();

  private final Queue<Handover> handovers = new ConcurrentLinkedQueue<>();
  private final Queue<Buffer> pool;

  /** Proven connections, until the consumer has heard of their end. */
  private final AtomicInteger connections = new AtomicInteger();

  // The decrypting thread's.
  private int buffersMade;
  private final Set<AcceptedConnection> all = new HashSet<>();
  private final Map<InetAddress, Integer> byAddress = new HashMap<>();
  private final List<AcceptedConnection> starving = new ArrayList<>();
  private int nextNumber;
  private int open;
  private long opened;
  private long bytes;
  private long starved;
  private long nextTrustNs;
  private long nextDeadlinesNs;
  private String saidProblem = "";
  private volatile boolean stopping;
  private volatile StreamCounters counted = StreamCounters.NONE;

  private StreamServer(Trust trust, StreamLimits limits, Endpoint listen, Consumer<String> log)
      throws IOException {
    this.trust = trust;
    this.limits = limits;
    this.log = log;
    ends = new StreamEnds(log);
    pool = new ArrayBlockingQueue<>(limits.buffers());
    try {
      handshakes = new Handshakes(trust, limits, listen, ends, this::arrive);
    } catch (IOException e) {
      selector.close();
      throw e;
    }
    handshakesThread = Threads.unstarted("handshakes", handshakes);
    thread = Threads.unstarted("streams", this::run);
  }

  /**
   * Listens, and begins to receive.
   *
   * @param log told in one line why senders are turned away, each kind once a minute at most
   * @throws SettingsException when the address cannot be had
   */
  public static StreamServer start(
      Trust trust, StreamLimits limits, Endpoint listen, Consumer<String> log) {
    try {
      StreamServer server = new StreamServer(trust, limits, listen, log);
      server.handshakesThread.start();
      server.thread.start();
      return server;
    } catch (IOException e) {
      throw new SettingsException("cannot listen to TCP " + listen + ": " + e.getMessage(), e);
    }
  }

  /** Returns the port that is listened to. */
  public int port() {
    return handshakes.listener().socket().getLocalPort();
  }

  /** Returns the loops that must turn. */
  public List<Heartbeat> heartbeats() {
    return List.of(heartbeat, handshakes.heartbeat());
  }

  // The thread of handshakes.

  private void arrive(AcceptedConnection connection) {
    arrived.add(connection);
    selector.wakeup();
  }

  // The decrypting thread.

  private void run() {
    try (selector) {
      while (!stopping) {
        heartbeat.beat();
        selector.select(starving.isEmpty() ? SELECT_MS : STARVED_MS);
        feedStarving();
        welcome();
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.attachment() instanceof AcceptedConnection connection) {
            advance(connection);
          }
        }
        selector.selectedKeys().clear();
        occasionally(System.nanoTime());
        count();
      }
      Handshakes.join(handshakesThread);
      welcome();
      drain();
      count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      heartbeat.end();
    }
  }

  /** Reads what has come already, while the consumer makes room for it, and ends all. */
  private void drain() throws IOException {
    long deadlineNs = System.nanoTime() + DRAIN_NS;
    while (!all.isEmpty() && System.nanoTime() - deadlineNs < 0) {
      feedStarving();
      for (AcceptedConnection connection : List.copyOf(all)) {
        if (!starving.contains(connection)) {
          advance(connection);
        }
        if (!starving.contains(connection)) {
          end(connection, StreamEnd.STOPPED, "");
        }
      }
      selector.select(STARVED_MS);
    }
    List.copyOf(all).forEach(connection -> end(connection, StreamEnd.STOPPED, ""));
  }

  /** Takes over who has proved who it is, while there are places. */
  private void welcome() {
    for (AcceptedConnection next = arrived.poll(); next != null; next = arrived.poll()) {
      int ofAddress = byAddress.getOrDefault(next.address(), 0);
      if (connections.get() >= limits.connections()
          || ofAddress >= StreamLimits.perAddress(limits.connections())) {
        next.close();
        ends.unproven(
            StreamEnd.REFUSED,
            AddressText.of(next.address())
                + ": more than "
                + limits.connections()
                + " connections, or half of them");
        continue;
      }
      try {
        next.register(selector);
        connections.incrementAndGet();
        byAddress.merge(next.address(), 1, Integer::sum);
        all.add(next);
        advance(next);
      } catch (IOException e) {
        next.close();
        ends.unproven(StreamEnd.BROKEN, AcceptedConnection.reason(e));
      }
    }
  }

  private void advance(AcceptedConnection connection) {
    if (!all.contains(connection)) {
      return;
    }
    try {
      connection.send();
      for (int i = 0; i < READS_MAX; i++) {
        int count = connection.receive();
        if (connection.sender == null) {
          open(connection);
        }
        if (!decrypt(connection)) {
          return;
        }
        if (connection.isClosed()) {
          end(connection, StreamEnd.CLOSED, "");
          return;
        }
        if (count < 0) {
          throw new EOFException();
        }
        if (count == 0) {
          return;
        }
      }
    } catch (BoundsException e) {
      end(connection, StreamEnd.MALFORMED, AcceptedConnection.reason(e));
    } catch (IOException e) {
      boolean isTrusted = connection.sender != null || !(e instanceof SSLException);
      end(
          connection,
          isTrusted ? StreamEnd.BROKEN : StreamEnd.NOT_TRUSTED,
          AcceptedConnection.reason(e));
    } catch (RuntimeException e) { // the JDK's TLS, on bytes of anybody
      end(connection, StreamEnd.BROKEN, e.toString());
    }
  }

  private void open(AcceptedConnection connection) throws IOException {
    InetSocketAddress address = (InetSocketAddress) connection.channel.getRemoteAddress();
    connection.sender =
        new StreamPeer(
            nextNumber++,
            new Endpoint(address.getAddress(), address.getPort()),
            trust.peer(connection.engine().getSession()));
    open++;
    opened++;
    connection.deadlineNs = System.nanoTime() + limits.silence().toNanos();
    handovers.add(new Handover(connection, null, null, ""));
  }

  /** Decrypts all that was received; false when there is no buffer for it now. */
  private boolean decrypt(AcceptedConnection connection) throws IOException {
    boolean isDone = false;
    while (!isDone) {
      Buffer buffer = connection.rejected ? null : takeBuffer();
      if (buffer == null) {
        starve(connection);
        return false;
      }
      try {
        isDone = connection.decrypt(buffer.bytes);
      } finally {
        handOver(connection, buffer);
      }
    }
    return true;
  }

  private void handOver(AcceptedConnection connection, Buffer buffer) {
    if (buffer.bytes.position() == 0) {
      pool.add(buffer);
      return;
    }
    bytes += buffer.bytes.position();
    connection.deadlineNs = System.nanoTime() + limits.silence().toNanos();
    handovers.add(new Handover(connection, buffer, null, ""));
  }

  private @Nullable Buffer takeBuffer() {
    Buffer buffer = pool.poll();
    if (buffer == null && buffersMade < limits.buffers()) {
      buffersMade++;
      buffer = new Buffer(StreamLimits.BUFFER_BYTES);
    }
    return buffer;
  }

  private void starve(AcceptedConnection connection) {
    if (connection.rejected) {
      end(connection, StreamEnd.UNWANTED, "");
      return;
    }
    starved++;
    connection.pauseInput();
    starving.add(connection);
  }

  /** Goes on with connections that had no buffer, as soon as there is one. */
  private void feedStarving() {
    if (starving.isEmpty() || pool.isEmpty()) {
      return;
    }
    List<AcceptedConnection> waiting = List.copyOf(starving);
    starving.clear();
    for (AcceptedConnection connection : waiting) {
      if (all.contains(connection)) {
        connection.wantInput();
        advance(connection);
      }
    }
  }

  private void occasionally(long nowNs) {
    if (nowNs - nextTrustNs >= 0) {
      nextTrustNs = nowNs + TRUST_NS;
      refreshTrust();
    }
    if (nowNs - nextDeadlinesNs < 0) {
      return;
    }
    nextDeadlinesNs = nowNs + TimeUnit.MILLISECONDS.toNanos(SELECT_MS);
    for (AcceptedConnection connection : List.copyOf(all)) {
      if (connection.rejected) {
        end(connection, StreamEnd.UNWANTED, "");
      } else if (nowNs - connection.deadlineNs > 0 && !starving.contains(connection)) {
        end(connection, StreamEnd.SILENT, "no data for " + limits.silence().toSeconds() + " s");
      }
    }
  }

  /** Takes changed files over, and ends who has been revoked; what is wrong is said once. */
  private void refreshTrust() {
    if (trust.refresh()) {
      log.accept("new certificates are in use, valid until " + trust.end());
      for (AcceptedConnection connection : List.copyOf(all)) {
        if (trust.isRevoked(connection.engine().getSession())) {
          end(connection, StreamEnd.NOT_TRUSTED, "its certificate has been revoked");
        }
      }
    }
    String problem = trust.status().problem();
    if (!problem.isEmpty() && !problem.equals(saidProblem)) {
      problem.lines().forEach(log);
    }
    saidProblem = problem;
  }

  private void end(AcceptedConnection connection, StreamEnd end, String problem) {
    if (!all.remove(connection)) {
      return;
    }
    starving.remove(connection);
    byAddress.computeIfPresent(connection.address(), (_, count) -> count > 1 ? count - 1 : null);
    connection.close();
    if (connection.sender == null) {
      connections.decrementAndGet();
      ends.unproven(end, AddressText.of(connection.address()) + ": " + problem);
    } else {
      open--;
      handovers.add(new Handover(connection, null, end, problem));
    }
  }

  private void count() {
    counted = new StreamCounters(open, opened, bytes, Map.of(), starved, null);
  }

  // The consumer's thread.

  /**
   * Hands on what has come. One thread, always the same.
   *
   * @return handed over buffers and news; 0 when there is nothing now
   */
  public int poll(StreamConsumer consumer) {
    int count = 0;
    for (Handover next = count < limits.buffers() ? handovers.poll() : null;
        next != null;
        next = count < limits.buffers() ? handovers.poll() : null) {
      count++;
      take(next, consumer);
    }
    return count;
  }

  private void take(Handover next, StreamConsumer consumer) {
    AcceptedConnection connection = next.connection();
    Buffer buffer = next.buffer();
    if (buffer != null) {
      StreamReader reader = connection.reader;
      if (reader != null && !connection.rejected && !reader.take(buffer, consumer)) {
        connection.rejected = true;
        close(connection, reader, StreamEnd.UNWANTED, "", consumer);
      }
      buffer.bytes.clear();
      pool.add(buffer);
    } else if (next.end() != null) {
      connections.decrementAndGet();
      if (connection.reader != null) {
        close(connection, connection.reader, next.end(), next.problem(), consumer);
      }
    } else if (connection.sender != null) {
      connection.reader = new StreamReader(connection.sender, consumer);
      consumer.onOpen(connection.sender);
    }
  }

  private void close(
      AcceptedConnection connection,
      StreamReader reader,
      StreamEnd end,
      String problem,
      StreamConsumer consumer) {
    connection.reader = null;
    StreamEnd found = reader.end(end);
    ends.count(found);
    consumer.onClose(reader.sender(), found, reader.problem(problem));
  }

  /** Returns what was counted, as of the last quarter of a second. Any thread. */
  public StreamCounters counters() {
    StreamCounters now = counted;
    return new StreamCounters(
        now.open(), now.opened(), now.bytes(), ends.counts(), now.starved(), trust.status());
  }

  /** Returns how this side's certificate and its peers' stand. Any thread. */
  public TrustStatus trust() {
    return trust.status();
  }

  /**
   * Takes no more connections, and reads from those that stand only what has come. What was
   * received is still to be {@link #poll}ed, ends included, until {@link #isEnded}. Any thread.
   */
  public void stop() {
    stopping = true;
    handshakes.stop();
    selector.wakeup();
  }

  /** Returns whether nothing more can be polled. */
  public boolean isEnded() {
    return !thread.isAlive() && handovers.isEmpty();
  }

  @Override
  public void close() {
    stop();
    try {
      thread.join(TimeUnit.NANOSECONDS.toMillis(2 * DRAIN_NS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
