/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.stream;

import io.podtap.core.config.Endpoint;
import io.podtap.core.linux.Errno;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.TcpSocket;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

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

  private final TcpSocket socket;
  private final Watch watch;
  private final SSLEngine engine;

  /**
   * Where records are made, and sent from. An array: into memory outside the heap, the JDK's
   * AES-GCM encrypts 512 bytes at a time by way of two arrays, at one and a half times the cost.
   */
  private final ByteBuffer out = ByteBuffer.allocate(OUT_BYTES);

  private final ByteBuffer in;
  private final ByteBuffer discarded;
  private int packetBytes;
  private long bytesSent;
  private long calls;

  private TlsConnection(TcpSocket socket, Watch watch, SSLEngine engine) {
    this.socket = socket;
    this.watch = watch;
    this.engine = engine;
    watch.begin(socket.fd());
    packetBytes = engine.getSession().getPacketBufferSize();
    in = ByteBuffer.allocateDirect(packetBytes * 2);
    discarded = ByteBuffer.allocateDirect(packetBytes);
  }

  /**
   * Connects and shakes hands.
   *
   * @param watch this thread's; woken up, the attempt goes on
   * @param timeoutNs for all of it
   * @throws LinuxException when the sensor cannot be reached
   * @throws IOException when it does not answer or is not who it should be
   */
  static TlsConnection open(Endpoint sensor, EngineSource engines, Watch watch, long timeoutNs)
      throws IOException {
    long deadline = System.nanoTime() + timeoutNs;
    SSLEngine engine = engines.open(sensor);
    TlsConnection connection = new TlsConnection(new TcpSocket(sensor), watch, engine);
    try {
      connection.connect(deadline);
      connection.shakeHands(deadline);
      return connection;
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private void connect(long deadline) throws IOException {
    socket
        .noDelay()
        .keepAlive(KEEP_ALIVE_IDLE_SECONDS, KEEP_ALIVE_INTERVAL_SECONDS, KEEP_ALIVE_PROBES)
        .connect();
    do {
      await(true, deadline, "no answer to the connection's SYN");
    } while (!watch.hasRoom());
    socket.requireConnected();
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
            await(false, deadline, "no answer to the TLS handshake");
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
    SSLEngineResult result = engine.wrap(plain, out);
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
  int write() {
    if (out.position() == 0) {
      return 0;
    }
    int count = require("send", socket.send(out.array(), out.position()));
    calls++;
    bytesSent += count;
    out.flip().position(count).compact();
    return count;
  }

  /** Returns the result of a call, or 0 when the call would only have had to wait. */
  private static int require(String call, int result) {
    if (result >= 0) {
      return result;
    }
    if (result != -Errno.EAGAIN && result != -Errno.EINTR) {
      throw new LinuxException(call, -result);
    }
    return 0;
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
    int received = socket.receive(MemorySegment.ofBuffer(in));
    if (received == 0) {
      throw new EOFException("the sensor has closed the connection");
    }
    int count = require("recv", received);
    in.position(in.position() + count);
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
   * Waits until something can be read, or written if something waits for that, or the thread is
   * woken.
   */
  void await(long timeoutMs) {
    watch.await(timeoutMs, unsent() > 0);
  }

  private void await(boolean forRoom, long deadline, String otherwise) throws IOException {
    long leftMs = (deadline - System.nanoTime()) / 1_000_000L;
    if (leftMs <= 0) {
      throw new SocketTimeoutException(otherwise);
    }
    watch.await(leftMs, forRoom);
  }

  private void flush(long deadline) throws IOException {
    write();
    while (unsent() > 0) {
      await(true, deadline, "the sensor does not read");
      write();
    }
  }

  /**
   * Says that nothing more will come, and takes what the sensor says until it ends as well: a
   * socket that is closed with bytes unread, or gets some afterwards, resets the connection, and
   * what was sent and is still on its way is lost.
   *
   * @param deadline for the kernel to take what is unsent, and for the sensor to end
   * @see "RFC 9293 section 3.6.1"
   */
  void finish(long deadline) throws IOException {
    engine.closeOutbound();
    while (!engine.isOutboundDone() && hasRoom()) {
      wrap(NOTHING);
    }
    flush(deadline);
    require("shutdown", socket.shutdownOutput());
    try {
      while (true) {
        in.clear();
        if (receive() == 0) {
          await(false, deadline, "the sensor does not close the connection");
        }
      }
    } catch (EOFException | SocketTimeoutException e) {
      return; // one that does not end has had its time
    }
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
  public void close() {
    watch.end();
    socket.close();
  }
}
