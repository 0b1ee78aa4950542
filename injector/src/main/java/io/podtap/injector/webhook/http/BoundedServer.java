/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.http;

import io.podtap.core.agent.Threads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Accepts connections and answers their requests.
 *
 * <ol>
 *   <li>accept: a place for the connection, or that of another one
 *   <li>handshake, requests, answers: {@link HttpConnection}, on a virtual thread of its own
 *   <li>deadlines: what takes too long is closed by another thread, however it takes its time
 * </ol>
 */
public final class BoundedServer implements AutoCloseable {

  /** Answers requests; many at a time. */
  @FunctionalInterface
  public interface Handler {
    Answer answer(Request request);
  }

  private static final int BACKLOG = 512;
  private static final int TURN_MS = 250;
  private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long ROOM_NS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long ROOM_NS_MAX = TimeUnit.SECONDS.toNanos(2);
  private static final long STALLED_NS = TimeUnit.SECONDS.toNanos(5);
  private static final long CLOSE_NS = TimeUnit.SECONDS.toNanos(1);
  private static final int SESSIONS_MAX = 1_024;

  private final ServerSocket listener;
  private final SSLContext tls;
  private final boolean asksCertificates;
  private final ServerSettings settings;
  private final Handler handler;
  private final Failure failure;
  private final Connections connections;
  private final MemoryBudget bodies;
  private final ServerCounters counters = new ServerCounters();
  private final ExecutorService threads = Threads.virtual("webhook-connection");
  private volatile boolean isDraining;
  private volatile boolean isClosed;
  private volatile long acceptedNs = System.nanoTime();
  private volatile long lookedNs = System.nanoTime();

  /** What connections see of this server. */
  private final HttpConnection.Server view =
      new HttpConnection.Server() {
        @Override
        public SSLSocket secure(Socket raw) throws IOException {
          return BoundedServer.this.secure(raw);
        }

        @Override
        public Answer answer(Request request) {
          return handler.answer(request);
        }

        @Override
        public ServerSettings settings() {
          return settings;
        }

        @Override
        public MemoryBudget bodies() {
          return bodies;
        }

        @Override
        public ServerCounters counters() {
          return counters;
        }

        @Override
        public boolean isDraining() {
          return isDraining;
        }
      };

  private BoundedServer(
      ServerSocket listener,
      SSLContext tls,
      boolean asksCertificates,
      ServerSettings settings,
      Handler handler,
      Failure failure) {
    this.listener = listener;
    this.tls = tls;
    this.asksCertificates = asksCertificates;
    this.settings = settings;
    this.handler = handler;
    this.failure = failure;
    connections = new Connections(settings.connectionsMax(), settings.perAddressMax());
    bodies = new MemoryBudget(settings.bodiesBytesMax());
  }

  /**
   * Listens and answers.
   *
   * @param asksCertificates whether clients are asked for one; a client without one is served too,
   *     and {@link Request#isProven} says so
   * @param failure told when a connection fails
   * @throws IOException when the address is taken
   */
  public static BoundedServer start(
      InetSocketAddress address,
      SSLContext tls,
      boolean asksCertificates,
      ServerSettings settings,
      Handler handler,
      Failure failure)
      throws IOException {
    tls.getServerSessionContext().setSessionCacheSize(SESSIONS_MAX);
    ServerSocket listener = new ServerSocket();
    try {
      listener.bind(address, BACKLOG);
      listener.setSoTimeout(TURN_MS);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    BoundedServer server =
        new BoundedServer(listener, tls, asksCertificates, settings, handler, failure);
    Thread _ = Threads.start("webhook-accept", server::accept);
    Thread _ = Threads.start("webhook-deadlines", server::enforce);
    return server;
  }

  /** Returns the port that it listens on. */
  public int port() {
    return listener.getLocalPort();
  }

  public ServerCounters counters() {
    return counters;
  }

  /** Returns the memory of all bodies. */
  public MemoryBudget bodies() {
    return bodies;
  }

  /** TLS 1.2 and 1.3, as API servers speak it. */
  private SSLSocket secure(Socket raw) throws IOException {
    SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(raw, null, true);
    SSLParameters parameters = tls.getDefaultSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    parameters.setWantClientAuth(asksCertificates);
    socket.setSSLParameters(parameters);
    socket.setUseClientMode(false);
    return socket;
  }

  private void accept() {
    while (!isClosed) {
      acceptedNs = System.nanoTime();
      try {
        Socket raw = listener.accept();
        take(raw);
      } catch (SocketTimeoutException _) {
        // nobody has come: one more turn
      } catch (IOException _) {
        LockSupport.parkNanos(LOOK_NS); // close(), or no descriptors left
      }
    }
  }

  private void take(Socket raw) throws IOException {
    raw.setTcpNoDelay(true); // else answers wait 40 ms for an acknowledgement
    HttpConnection connection = new HttpConnection(raw, view);
    if (!hasPlace(connection)) {
      counters.refused.increment();
      connection.abort();
      return;
    }
    counters.accepted.increment();
    try {
      threads.execute(() -> serve(connection));
    } catch (RejectedExecutionException e) { // close() has just ended
      connection.abort();
    }
  }

  private void serve(HttpConnection connection) {
    try {
      connection.run();
    } catch (RuntimeException e) {
      counters.failed.increment();
      failure.note("of a connection", e);
    } finally {
      connections.remove(connection);
    }
  }

  private boolean hasPlace(HttpConnection connection) {
    long start = System.nanoTime();
    while (!isClosed && System.nanoTime() - start < ROOM_NS_MAX) {
      switch (connections.place(connection, System.nanoTime())) {
        case Connections.Place.Free _ -> {
          return true;
        }
        case Connections.Place.Instead(HttpConnection victim) -> {
          victim.abort();
          counters.dropped.increment();
          return true;
        }
        case Connections.Place.None _ -> LockSupport.parkNanos(ROOM_NS);
      }
    }
    return false;
  }

  private void enforce() {
    while (!isClosed) {
      long now = System.nanoTime();
      lookedNs = now;
      for (HttpConnection connection : connections.all()) {
        if (connection.isLate(now)) {
          connection.abort();
          connections.remove(connection);
          counters.late.increment();
        }
      }
      LockSupport.parkNanos(LOOK_NS);
    }
  }

  /** Returns why it does not accept connections any more, or an empty text. */
  public String problem() {
    long now = System.nanoTime();
    if (now - acceptedNs > STALLED_NS || now - lookedNs > STALLED_NS) {
      return "no connection is accepted any more";
    }
    return "";
  }

  /** Returns what runs connections, for who wants to know whether it still does. */
  public ExecutorService threads() {
    return threads;
  }

  /**
   * Has clients leave: from now on each answer is its connection's last. A connection that is
   * closed otherwise may carry a review by then, which would be lost.
   */
  public void drain() {
    isDraining = true;
  }

  /** Answers what is being answered, for a second at most, and ends. */
  @Override
  public void close() {
    isDraining = true;
    try {
      listener.close();
    } catch (IOException _) {
      // it takes no connection any more
    }
    long end = System.nanoTime() + CLOSE_NS;
    while (isAtWork() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(ROOM_NS);
    }
    isClosed = true;
    connections.all().forEach(HttpConnection::abort);
    threads.shutdownNow();
  }

  private boolean isAtWork() {
    return connections.all().stream().anyMatch(one -> !one.isWaiting());
  }
}
