/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.stream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * A client that renews its keys again and again: the JDK's engine makes one key update for each
 * handshake that is begun on a connection of TLS 1.3, and asks for one in return.
 */
final class KeyUpdates implements AutoCloseable {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SSLEngine engine;
  private final SocketChannel channel;
  private final ByteBuffer in = ByteBuffer.allocate(1 << 17);
  private final ByteBuffer out = ByteBuffer.allocate(1 << 17);
  private final ByteBuffer plain = ByteBuffer.allocate(1 << 17);

  KeyUpdates(SSLContext context, int port) throws IOException {
    engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    engine.beginHandshake();
    while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
      step(true);
    }
  }

  private void step(boolean waits) throws IOException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> engine.getDelegatedTask().run();
      case NEED_WRAP -> wrap();
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap(waits);
      case FINISHED, NOT_HANDSHAKING -> {}
    }
  }

  private void wrap() throws IOException {
    engine.wrap(NOTHING, out);
    out.flip();
    while (out.hasRemaining()) {
      channel.write(out);
    }
    out.clear();
  }

  private void unwrap(boolean waits) throws IOException {
    in.flip();
    plain.clear();
    SSLEngineResult result = engine.unwrap(in, plain);
    in.compact();
    if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
      throw new SSLException("closed");
    }
    if (waits
        && result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW
        && channel.read(in) < 0) {
      throw new SSLException("the end");
    }
  }

  /** Makes so many updates, or as many as the other side bears. */
  void run(int count, boolean reads) {
    try {
      for (int i = 0; i < count; i++) {
        engine.beginHandshake();
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
          wrap();
        }
        if (reads) {
          unwrap(true);
        }
      }
    } catch (IOException e) {
      return; // ended by the other side
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
