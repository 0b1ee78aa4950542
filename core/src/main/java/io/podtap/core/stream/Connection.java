package io.podtap.core.stream;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection and its TLS. The decrypting thread's, but for {@link #reader} and {@link
 * #rejected}.
 *
 * @see "RFC 8446; javax.net.ssl.SSLEngine"
 */
final class Connection {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  final SocketChannel channel;
  final SelectionKey key;
  private final SSLEngine engine;

  /** What came and is not decrypted; ready to be filled. */
  private final ByteBuffer received;

  /** What is to be sent; ready to be emptied. */
  private ByteBuffer sending = NOTHING;

  /** When it must have done the next thing, {@link System#nanoTime}. */
  long deadlineNs;

  boolean established;
  private boolean closed;

  /** Who sends, once that is proved. */
  @Nullable StreamSender sender;

  /** What reads the pcapng; the consumer's. */
  @Nullable StreamReader reader;

  /** Set by the consumer when it wants no more. */
  volatile boolean rejected;

  Connection(SocketChannel channel, SelectionKey key, SSLEngine engine) {
    this.channel = channel;
    this.key = key;
    this.engine = engine;
    received = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
  }

  SSLEngine engine() {
    return engine;
  }

  /** Returns free bytes that a buffer must have for {@link #decrypt} to make progress. */
  int plainLengthMax() {
    return engine.getSession().getApplicationBufferSize();
  }

  /**
   * Reads what the socket has, as much as fits.
   *
   * @return bytes read; below 0 at the end
   */
  int receive() throws IOException {
    return channel.read(received);
  }

  /** Goes on with the handshake as far as what was received allows. */
  void shakeHands() throws IOException {
    ByteBuffer plain = ByteBuffer.allocate(0);
    while (!established) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> wrap();
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          received.flip();
          SSLEngineResult result = engine.unwrap(received, plain);
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
    received.flip();
    try {
      while (plain.remaining() >= plainLengthMax()) {
        SSLEngineResult result = engine.unwrap(received, plain);
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
      }
      return false;
    } finally {
      received.compact();
    }
  }

  /** Returns whether the sender has said that nothing more comes. */
  boolean isClosed() {
    return closed;
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  private void wrap() throws IOException {
    ByteBuffer out = ByteBuffer.allocate(sending.remaining() + received.capacity());
    out.put(sending);
    engine.wrap(NOTHING, out);
    sending = out.flip();
    send();
  }

  /** Sends what is to be sent, as far as the socket takes it. */
  void send() throws IOException {
    while (sending.hasRemaining()) {
      if (channel.write(sending) == 0) {
        key.interestOpsOr(SelectionKey.OP_WRITE);
        return;
      }
    }
    sending = NOTHING;
    if (key.isValid()) {
      key.interestOpsAnd(~SelectionKey.OP_WRITE);
    }
  }

  /** Says farewell where that is still possible without waiting, and closes. */
  void close() {
    key.cancel();
    try (channel) {
      engine.closeOutbound();
      if (!engine.isOutboundDone() && !sending.hasRemaining()) {
        wrap();
      }
    } catch (IOException | java.nio.channels.CancelledKeyException e) {
      return; // it is closed all the same
    }
  }

  /** Says in words why the connection ended. */
  static String reason(IOException e) {
    if (e instanceof EOFException) {
      return "the connection ended without TLS's farewell";
    }
    Throwable deepest = e;
    while (deepest.getCause() instanceof SSLException cause) {
      deepest = cause;
    }
    return String.valueOf(deepest.getMessage());
  }
}
