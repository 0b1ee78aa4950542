package io.podtap.tap.stream;

import io.podtap.core.config.Endpoint;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import jdk.net.ExtendedSocketOptions;

/**
 * One TLS connection to a sensor: plain bytes in, records out; what the sensor says is read and
 * thrown away. Bytes that {@link #wrap} has taken wait in a buffer of fixed size until {@link
 * #write} has handed them to the kernel. One thread.
 *
 * @see "RFC 8446 sections 4.6 (tickets, key updates) and 6.1 (close_notify)"
 */
final class TlsConnection implements AutoCloseable {

  /** Plain bytes of a record at most. */
  static final int RECORD_BYTES_MAX = 16_384;

  /** Records wait in so many bytes; as many of them leave with one system call. */
  private static final int OUT_BYTES = 256 << 10;

  private static final int KEEP_ALIVE_IDLE_SECONDS = 10;
  private static final int KEEP_ALIVE_INTERVAL_SECONDS = 5;
  private static final int KEEP_ALIVE_PROBES = 3;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final SSLEngine engine;

  /**
   * Where a record is made. An array: into memory outside the heap, the JDK's AES-GCM encrypts 512
   * bytes at a time by way of two arrays, at one and a half times the cost.
   */
  private final ByteBuffer record;

  private final ByteBuffer out;
  private final ByteBuffer in;
  private final ByteBuffer discarded;
  private int packetBytes;
  private long bytesSent;
  private long calls;

  private TlsConnection(SocketChannel channel, Selector selector, SSLEngine engine)
      throws IOException {
    this.channel = channel;
    this.selector = selector;
    this.engine = engine;
    key = channel.register(selector, 0);
    packetBytes = engine.getSession().getPacketBufferSize();
    record = ByteBuffer.allocate(packetBytes);
    out = ByteBuffer.allocateDirect(OUT_BYTES);
    in = ByteBuffer.allocateDirect(packetBytes * 2);
    discarded = ByteBuffer.allocateDirect(packetBytes);
  }

  /**
   * Connects and shakes hands.
   *
   * @param selector this thread's; woken up, the attempt goes on
   * @param timeoutNs for all of it
   * @throws IOException when the sensor cannot be reached or is not who it should be
   */
  static TlsConnection open(
      Endpoint sensor, EngineSource engines, Selector selector, long timeoutNs) throws IOException {
    long deadline = System.nanoTime() + timeoutNs;
    SocketChannel channel = SocketChannel.open();
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      keepAlive(channel);
      SSLEngine engine = engines.open(sensor);
      TlsConnection connection = new TlsConnection(channel, selector, engine);
      if (!channel.connect(sensor.toSocketAddress())) {
        connection.await(SelectionKey.OP_CONNECT, deadline, "no answer to the connection's SYN");
        while (!channel.finishConnect()) {
          connection.await(SelectionKey.OP_CONNECT, deadline, "no answer to the connection's SYN");
        }
      }
      connection.shakeHands(deadline);
      return connection;
    } catch (IOException | RuntimeException e) {
      channel.close();
      selector.selectNow(); // the key leaves the selector with this
      throw e;
    }
  }

  /** A peer that has vanished is noticed within half a minute, though nothing is sent. */
  private static void keepAlive(SocketChannel channel) throws IOException {
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_ALIVE_IDLE_SECONDS);
    channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_ALIVE_INTERVAL_SECONDS);
    channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_ALIVE_PROBES);
  }

  private void shakeHands(long deadline) throws IOException {
    engine.beginHandshake();
    while (true) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NOT_HANDSHAKING || status == HandshakeStatus.FINISHED) {
        break;
      }
      switch (status) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> {
          wrap(NOTHING);
          flush(deadline);
        }
        default -> {
          if (!unwrap() && receive() == 0) {
            await(SelectionKey.OP_READ, deadline, "no answer to the TLS handshake");
          }
        }
      }
    }
    flush(deadline);
    packetBytes = engine.getSession().getPacketBufferSize(); // less than before, as a rule
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  /** Returns whether {@link #wrap} is sure to find room. */
  boolean hasRoom() {
    return out.remaining() >= packetBytes;
  }

  /**
   * Makes one record.
   *
   * @param plain what it may take from; whatever it did not take is to be offered again
   * @return bytes taken; 0 when TLS had something of its own to say
   */
  int wrap(ByteBuffer plain) throws IOException {
    SSLEngineResult result = engine.wrap(plain, record.clear());
    out.put(record.flip());
    if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      runTasks();
    }
    if (result.getStatus() == Status.CLOSED && plain.hasRemaining()) {
      throw new EOFException("the sensor has ended the connection");
    }
    return result.bytesConsumed();
  }

  /** Returns bytes of records made and not yet taken over by the kernel. */
  int unsent() {
    return out.position();
  }

  /**
   * Hands over to the kernel what it takes.
   *
   * @return bytes it took
   */
  int write() throws IOException {
    if (out.position() == 0) {
      return 0;
    }
    out.flip();
    try {
      int count = channel.write(out);
      calls++;
      bytesSent += count;
      return count;
    } finally {
      out.compact();
    }
  }

  /** Reads whatever the sensor has said, and answers where TLS wants it. */
  void read() throws IOException {
    while (receive() > 0) {
      while (unwrap()) {
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
          runTasks();
        }
      }
    }
    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && hasRoom()) {
      wrap(NOTHING);
    }
  }

  private int receive() throws IOException {
    int count = channel.read(in);
    if (count < 0) {
      throw new EOFException("the sensor has closed the connection");
    }
    return count;
  }

  /** Takes one record out of what was received; returns false when there is no whole one. */
  private boolean unwrap() throws IOException {
    in.flip();
    try {
      discarded.clear();
      SSLEngineResult result = engine.unwrap(in, discarded);
      if (result.getStatus() == Status.CLOSED) {
        throw new EOFException("the sensor has ended the connection");
      }
      return result.getStatus() == Status.OK;
    } finally {
      in.compact();
    }
  }

  /**
   * Waits until something can be read, or written if something waits for that, or the selector is
   * woken up.
   */
  void await(long timeoutMs) throws IOException {
    key.interestOps(
        unsent() > 0 ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    selector.select(timeoutMs);
    selector.selectedKeys().clear();
  }

  private void await(int operation, long deadline, String otherwise) throws IOException {
    long leftMs = (deadline - System.nanoTime()) / 1_000_000L;
    if (leftMs <= 0) {
      throw new SocketTimeoutException(otherwise);
    }
    key.interestOps(operation);
    selector.select(leftMs);
    selector.selectedKeys().clear();
  }

  private void flush(long deadline) throws IOException {
    write();
    while (unsent() > 0) {
      await(SelectionKey.OP_WRITE, deadline, "the sensor takes nothing");
      write();
    }
  }

  /** Says that nothing more will come, as far as the kernel takes it at once. */
  void finish(long deadline) throws IOException {
    engine.closeOutbound();
    while (!engine.isOutboundDone() && hasRoom()) {
      wrap(NOTHING);
    }
    flush(deadline);
    channel.shutdownOutput();
  }

  /** Returns bytes that the kernel took. */
  long bytesSent() {
    return bytesSent;
  }

  /** Returns how often the kernel was handed something. */
  long calls() {
    return calls;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    selector.selectNow();
  }
}
