/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.stream;

import io.podtap.core.text.PlainText;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection and its TLS. Of the thread of {@link Handshakes}, then the decrypting
 * thread's, but for {@link #reader} and {@link #rejected}.
 *
 * @see "RFC 8446; javax.net.ssl.SSLEngine"
 */
final class AcceptedConnection {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** A handshake is some KiB, with long chains of certificates some dozen. */
  private static final int HANDSHAKE_BYTES_MAX = 256 << 10;

  /** What may wait for a peer that asks and does not read. */
  private static final int UNREAD_BYTES_MAX = 64 << 10;

  /** Records without data, key updates above all: so many at once, and so many a second. */
  private static final int EMPTY_RECORDS_MAX = 64;

  private static final int EMPTY_RECORDS_PER_SECOND = 16;
  private static final long SECOND_NS = 1_000_000_000L;

  final SocketChannel channel;

  /** {@link System#nanoTime} when it was accepted. */
  final long beginNs = System.nanoTime();

  private final InetAddress address;

  /** Made when something comes: it costs more than the connection. */
  private @Nullable SSLEngine engine;

  private @Nullable SelectionKey key;

  /** What came and is not decrypted; ready to be filled. */
  private ByteBuffer received = NOTHING;

  /** What is to be sent; ready to be filled. */
  private ByteBuffer sending = NOTHING;

  private long handshakeBytes;
  private int emptyRecords;
  private long emptySinceNs;

  /** When it must have done the next thing, {@link System#nanoTime}. */
  long deadlineNs;

  boolean established;
  private boolean closed;

  /** Who sends, once that is proved. */
  @Nullable StreamPeer sender;

  /** What reads the pcapng; the consumer's. */
  @Nullable StreamReader reader;

  /** Set by the consumer when it wants no more. */
  volatile boolean rejected;

  AcceptedConnection(SocketChannel channel) throws IOException {
    this.channel = channel;
    address = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
  }

  /** Makes the calling thread's selector wait for it. */
  void register(Selector selector) throws IOException {
    key = channel.register(selector, SelectionKey.OP_READ, this);
    if (hasUnsent()) {
      key.interestOpsOr(SelectionKey.OP_WRITE);
    }
  }

  /** Leaves the calling thread's selector, for another's. */
  void leave() {
    if (key != null) {
      key.cancel();
    }
    key = null;
  }

  /** Waits for more to read again. */
  void wantInput() {
    want(SelectionKey.OP_READ, true);
    want(SelectionKey.OP_WRITE, hasUnsent());
  }

  /** Waits for nothing that comes. */
  void pauseInput() {
    want(SelectionKey.OP_READ, false);
  }

  private void want(int operation, boolean isWanted) {
    SelectionKey present = key;
    if (present != null && present.isValid()) {
      if (isWanted) {
        present.interestOpsOr(operation);
      } else {
        present.interestOpsAnd(~operation);
      }
    }
  }

  InetAddress address() {
    return address;
  }

  /** Returns whether nothing has come yet. */
  boolean isSilent() {
    return handshakeBytes == 0;
  }

  /** Begins the handshake by {@code made}. */
  void begin(SSLEngine made) throws IOException {
    engine = made;
    made.beginHandshake();
  }

  SSLEngine engine() {
    return Objects.requireNonNull(engine);
  }

  /** Returns free bytes that a buffer must have for {@link #decrypt} to make progress. */
  int plainLengthMax() {
    return engine().getSession().getApplicationBufferSize();
  }

  /**
   * Reads what the socket has, as much as fits.
   *
   * @return bytes read; below 0 at the end
   */
  int receive() throws IOException {
    if (received.capacity() == 0) {
      received = ByteBuffer.allocate(engine().getSession().getPacketBufferSize());
    }
    int count = channel.read(received);
    if (!established && count > 0) {
      handshakeBytes += count;
      if (handshakeBytes > HANDSHAKE_BYTES_MAX) {
        throw new BoundsException("the handshake is longer than " + HANDSHAKE_BYTES_MAX + " bytes");
      }
    }
    return count;
  }

  /** Goes on with the handshake as far as what was received allows. */
  void shakeHands() throws IOException {
    SSLEngine own = engine();
    ByteBuffer plain = ByteBuffer.allocate(0);
    while (!established) {
      switch (own.getHandshakeStatus()) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> wrap();
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          received.flip();
          SSLEngineResult result = own.unwrap(received, plain);
          received.compact();
          if (result.getStatus() == Status.CLOSED) {
            throw new SSLException("the other side closed it during the handshake");
          }
          if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
            return;
          }
          established = result.getHandshakeStatus() == HandshakeStatus.FINISHED;
        }
        case FINISHED, NOT_HANDSHAKING -> established = true;
      }
    }
  }

  /**
   * Decrypts what was received into {@code plain}, while there is room for a record.
   *
   * @return whether all of it is decrypted but the beginning of a record
   */
  boolean decrypt(ByteBuffer plain) throws IOException {
    SSLEngine own = engine();
    received.flip();
    try {
      while (plain.remaining() >= plainLengthMax()) {
        SSLEngineResult result = own.unwrap(received, plain);
        if (result.getStatus() == Status.CLOSED) {
          closed = true; // whether it still hears our farewell does not matter
          return true;
        }
        switch (result.getHandshakeStatus()) {
          case NEED_TASK -> runTasks();
          case NEED_WRAP -> wrap();
          default -> {}
        }
        if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
          return true;
        }
        if (result.bytesConsumed() > 0 && result.bytesProduced() == 0) {
          countEmptyRecord();
        }
      }
      return false;
    } finally {
      received.compact();
    }
  }

  /**
   * Each key update costs a derivation of keys and perhaps an answer, and tells the sensor nothing
   * (RFC 8446 section 4.6.3): a peer that makes many has something else in mind.
   */
  private void countEmptyRecord() throws BoundsException {
    long nowNs = System.nanoTime();
    long forgiven = (nowNs - emptySinceNs) / (SECOND_NS / EMPTY_RECORDS_PER_SECOND);
    if (forgiven > 0) {
      emptyRecords = (int) Math.max(emptyRecords - forgiven, 0);
      emptySinceNs = nowNs;
    }
    if (++emptyRecords > EMPTY_RECORDS_MAX) {
      throw new BoundsException("too many records without data (key updates)");
    }
  }

  /** Returns whether the sender has said that nothing more comes. */
  boolean isClosed() {
    return closed;
  }

  private void runTasks() {
    for (Runnable task = engine().getDelegatedTask();
        task != null;
        task = engine().getDelegatedTask()) {
      task.run();
    }
  }

  private void wrap() throws IOException {
    if (sending.position() > UNREAD_BYTES_MAX) {
      throw new BoundsException("it does not read its replies");
    }
    int record = engine().getSession().getPacketBufferSize();
    if (sending.remaining() < record) {
      ByteBuffer larger = ByteBuffer.allocate(2 * sending.position() + record);
      sending = larger.put(sending.flip());
    }
    engine().wrap(NOTHING, sending);
    send();
  }

  private boolean hasUnsent() {
    return sending.position() > 0;
  }

  /** Sends what is to be sent, as far as the socket takes it. */
  void send() throws IOException {
    if (!hasUnsent()) {
      return;
    }
    sending.flip();
    boolean isTaken = true;
    try {
      while (sending.hasRemaining() && isTaken) {
        isTaken = channel.write(sending) > 0;
      }
    } finally {
      sending.compact();
    }
    if (!hasUnsent()) {
      sending = NOTHING;
    }
    want(SelectionKey.OP_WRITE, hasUnsent());
  }

  /** Says farewell where that is still possible without waiting, and closes. */
  void close() {
    leave();
    SSLEngine present = engine;
    try (channel) {
      if (present != null) {
        present.closeOutbound();
      }
      if (present != null && !present.isOutboundDone() && !hasUnsent()) {
        wrap();
      }
    } catch (IOException | RuntimeException e) {
      return; // it is closed all the same
    }
  }

  /** Says in words why the connection ended. */
  static String reason(IOException e) {
    if (e instanceof EOFException) {
      return "the connection ended without a TLS close_notify";
    }
    Throwable deepest = e;
    while (deepest.getCause() instanceof SSLException cause) {
      deepest = cause;
    }
    return PlainText.of(deepest.getMessage());
  }
}
