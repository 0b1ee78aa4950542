package io.podtap.core.stream;

import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.trust.Trust;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.EnumMap;
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
 *   <li>accept, bounded ({@link StreamLimits})
 *   <li>shake hands: the sender proves who it is ({@link Trust})
 *   <li>decrypt into buffers of a pool ({@link Connection})
 *   <li>hand over to the consumer's thread, which reads the pcapng ({@link StreamReader})
 * </ol>
 *
 * The first three happen on a thread of the server's own. {@link #poll} is for one other thread;
 * {@link #counters} for any.
 */
public final class StreamServer implements AutoCloseable {

  /** Where taps send to unless they are told otherwise. */
  public static final int DEFAULT_PORT = 6_343;

  private static final long SELECT_MS = 250;
  private static final long STARVED_MS = 1;
  private static final long TRUST_NS = TimeUnit.SECONDS.toNanos(5);
  private static final long SAY_NS = TimeUnit.MINUTES.toNanos(1);
  private static final long DRAIN_NS = TimeUnit.MILLISECONDS.toNanos(1_000);
  private static final int BACKLOG = 256;

  /** Times that one connection is read before the next one has its turn. */
  private static final int READS_MAX = 64;

  /** What passes to the consumer: a beginning, bytes, or an end. */
  private record Handover(
      Connection connection, @Nullable Buffer buffer, @Nullable StreamEnd end, String problem) {}

  private final Trust trust;
  private final StreamLimits limits;
  private final Consumer<String> log;
  private final Selector selector;
  private final ServerSocketChannel listener;
  private final Thread thread;
  private final Queue<Handover> handovers = new ConcurrentLinkedQueue<>();
  private final ArrayBlockingQueue<Buffer> pool;
  private int buffersMade;

  /** Connections that are open here or whose end the consumer has not seen. */
  private final AtomicInteger connections = new AtomicInteger();

  private final Set<Connection> all = new HashSet<>();
  private final List<Connection> starving = new ArrayList<>();
  private final Map<StreamEnd, Long> saidNs = new EnumMap<>(StreamEnd.class);
  private final Map<StreamEnd, Long> ends = new EnumMap<>(StreamEnd.class);
  private int nextNumber;
  private int open;
  private long opened;
  private long bytes;
  private long starved;
  private long nextTrustNs;
  private long nextDeadlinesNs;
  private volatile boolean stopping;
  private volatile StreamCounters counted = StreamCounters.NONE;

  private StreamServer(Trust trust, StreamLimits limits, Endpoint listen, Consumer<String> log)
      throws IOException {
    this.trust = trust;
    this.limits = limits;
    this.log = log;
    pool = new ArrayBlockingQueue<>(limits.buffers());
    selector = Selector.open();
    listener = ServerSocketChannel.open();
    try {
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.bind(listen.toSocketAddress(), BACKLOG);
      listener.configureBlocking(false);
      listener.register(selector, SelectionKey.OP_ACCEPT);
    } catch (IOException e) {
      listener.close();
      selector.close();
      throw e;
    }
    thread = Thread.ofPlatform().name("streams").daemon().unstarted(this::run);
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
      server.thread.start();
      return server;
    } catch (IOException e) {
      throw new SettingsException("cannot listen to TCP " + listen + ": " + e.getMessage(), e);
    }
  }

  /** Returns the port that is listened to. */
  public int port() {
    try {
      return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    } catch (IOException e) {
      throw new IllegalStateException("the listener is closed", e);
    }
  }

  // The decrypting thread.

  private void run() {
    try (selector;
        listener) {
      while (!stopping) {
        selector.select(starving.isEmpty() ? SELECT_MS : STARVED_MS);
        feedStarving();
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.attachment() instanceof Connection connection) {
            advance(connection);
          } else {
            accept();
          }
        }
        selector.selectedKeys().clear();
        occasionally(System.nanoTime());
        count();
      }
      listener.close();
      drain();
      count();
    } catch (IOException e) {
      log.accept("streams are no longer received: " + e.getMessage());
    }
  }

  /** Reads what has come already, while the consumer makes room for it, and ends all. */
  private void drain() throws IOException {
    long deadlineNs = System.nanoTime() + DRAIN_NS;
    while (!all.isEmpty() && System.nanoTime() - deadlineNs < 0) {
      feedStarving();
      for (Connection connection : List.copyOf(all)) {
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

  private void accept() {
    try {
      for (SocketChannel channel = listener.accept();
          channel != null;
          channel = listener.accept()) {
        if (connections.get() >= limits.connections()) {
          channel.close();
          ended(StreamEnd.REFUSED, "more than " + limits.connections() + " connections");
          continue;
        }
        connections.incrementAndGet();
        channel.configureBlocking(false);
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        Connection connection = new Connection(channel, key, trust.server());
        connection.deadlineNs = System.nanoTime() + limits.handshake().toNanos();
        connection.engine().beginHandshake();
        key.attach(connection);
        all.add(connection);
      }
    } catch (IOException e) {
      ended(StreamEnd.BROKEN, "a connection could not be accepted: " + e.getMessage());
    }
  }

  private void advance(Connection connection) {
    if (!all.contains(connection)) {
      return;
    }
    try {
      connection.send();
      for (int i = 0; i < READS_MAX; i++) {
        int count = connection.receive();
        if (!connection.established) {
          connection.shakeHands();
        }
        if (connection.established && connection.sender == null) {
          open(connection);
        }
        if (connection.established && !decrypt(connection)) {
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
    } catch (IOException e) {
      boolean isTrusted = connection.sender != null || !(e instanceof SSLException);
      end(connection, isTrusted ? StreamEnd.BROKEN : StreamEnd.NOT_TRUSTED, Connection.reason(e));
    } catch (RuntimeException e) { // the JDK's TLS, on bytes of anybody
      end(connection, StreamEnd.BROKEN, e.toString());
    }
  }

  private void open(Connection connection) throws IOException {
    InetSocketAddress address = (InetSocketAddress) connection.channel.getRemoteAddress();
    connection.sender =
        new StreamSender(
            nextNumber++,
            new Endpoint(address.getAddress(), address.getPort()),
            trust.peer(connection.engine().getSession()));
    open++;
    opened++;
    connection.deadlineNs = System.nanoTime() + limits.silence().toNanos();
    handovers.add(new Handover(connection, null, null, ""));
  }

  /** Decrypts all that was received; false when there is no buffer for it now. */
  private boolean decrypt(Connection connection) throws IOException {
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

  private void handOver(Connection connection, Buffer buffer) {
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

  private void starve(Connection connection) {
    if (connection.rejected) {
      end(connection, StreamEnd.UNWANTED, "");
      return;
    }
    starved++;
    connection.key.interestOpsAnd(~SelectionKey.OP_READ);
    starving.add(connection);
  }

  /** Goes on with connections that had no buffer, as soon as there is one. */
  private void feedStarving() {
    if (starving.isEmpty() || pool.isEmpty()) {
      return;
    }
    List<Connection> waiting = List.copyOf(starving);
    starving.clear();
    for (Connection connection : waiting) {
      if (all.contains(connection)) {
        connection.key.interestOpsOr(SelectionKey.OP_READ);
        advance(connection);
      }
    }
  }

  private void occasionally(long nowNs) {
    if (nowNs - nextTrustNs >= 0) {
      nextTrustNs = nowNs + TRUST_NS;
      if (trust.refresh()) {
        log.accept("new certificates are in use, until " + trust.end());
      }
    }
    if (nowNs - nextDeadlinesNs < 0) {
      return;
    }
    nextDeadlinesNs = nowNs + TimeUnit.MILLISECONDS.toNanos(SELECT_MS);
    for (Connection connection : List.copyOf(all)) {
      if (connection.rejected) {
        end(connection, StreamEnd.UNWANTED, "");
      } else if (nowNs - connection.deadlineNs > 0 && !starving.contains(connection)) {
        if (connection.established) {
          end(connection, StreamEnd.SILENT, "nothing came for " + seconds(limits.silence()));
        } else {
          end(
              connection,
              StreamEnd.HANDSHAKE_TIMEOUT,
              "no handshake within " + seconds(limits.handshake()));
        }
      }
    }
  }

  private static String seconds(java.time.Duration duration) {
    return duration.toSeconds() + " s";
  }

  private void end(Connection connection, StreamEnd end, String problem) {
    if (!all.remove(connection)) {
      return;
    }
    starving.remove(connection);
    connection.close();
    if (connection.sender == null) {
      connections.decrementAndGet();
      ended(end, "a stranger: " + problem);
    } else {
      open--;
      handovers.add(new Handover(connection, null, end, problem));
    }
  }

  private void ended(StreamEnd end, String problem) {
    synchronized (ends) {
      ends.merge(end, 1L, Long::sum);
    }
    long nowNs = System.nanoTime();
    Long said = saidNs.get(end);
    if (end != StreamEnd.STOPPED && (said == null || nowNs - said > SAY_NS)) {
      saidNs.put(end, nowNs);
      log.accept("stream turned away, " + problem);
    }
  }

  private void count() {
    counted = new StreamCounters(open, opened, bytes, Map.of(), starved);
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
    Connection connection = next.connection();
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
      Connection connection,
      StreamReader reader,
      StreamEnd end,
      String problem,
      StreamConsumer consumer) {
    connection.reader = null;
    StreamEnd found = reader.end(end);
    synchronized (ends) {
      ends.merge(found, 1L, Long::sum);
    }
    consumer.onClose(reader.sender(), found, reader.problem(problem));
  }

  /** Returns what was counted, as of the last quarter of a second. Any thread. */
  public StreamCounters counters() {
    StreamCounters now = counted;
    synchronized (ends) {
      return new StreamCounters(
          now.open(), now.opened(), now.bytes(), Map.copyOf(ends), now.starved());
    }
  }

  /** Returns why certificates cannot be read anew, or an empty text. Any thread. */
  public String problem() {
    return trust.problem();
  }

  /**
   * Takes no more connections, and reads from those that stand only what has come. What was
   * received is still to be {@link #poll}ed, ends included, until {@link #isEnded}. Any thread.
   */
  public void stop() {
    stopping = true;
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
