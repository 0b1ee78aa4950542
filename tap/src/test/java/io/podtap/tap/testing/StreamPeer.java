/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.testing;

import io.podtap.core.config.Endpoint;
import io.podtap.core.trust.Trust;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/**
 * Takes streams: every connection's plain bytes are kept apart. Can stop reading, and break off.
 */
public final class StreamPeer implements AutoCloseable {

  private static final int BUFFER_BYTES = 64 << 10;

  private final ServerSocketChannel listener;
  private final Trust trust;
  private final List<ByteArrayOutputStream> connections = new CopyOnWriteArrayList<>();
  private final List<SocketChannel> channels = new CopyOnWriteArrayList<>();
  private volatile boolean paused;

  /** Listens on a free port of {@code address}. */
  public StreamPeer(Trust trust, String address, int port) {
    this.trust = trust;
    try {
      listener = ServerSocketChannel.open();
      listener.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
      listener.bind(new InetSocketAddress(address, port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().name("peer").start(this::accept);
  }

  /** Returns where it listens. */
  public Endpoint endpoint() {
    try {
      InetSocketAddress local = (InetSocketAddress) listener.getLocalAddress();
      return new Endpoint(local.getAddress(), local.getPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads nothing, or reads again. */
  public void pause(boolean next) {
    paused = next;
  }

  /** Breaks off all connections, without a goodbye. */
  public void kill() throws IOException {
    for (SocketChannel channel : channels) {
      if (channel.isOpen()) {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
      }
    }
  }

  /** Returns what came, by connection. */
  public List<byte[]> received() {
    return connections.stream().map(ByteArrayOutputStream::toByteArray).toList();
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel channel = listener.accept();
        channels.add(channel);
        Thread.ofPlatform().daemon().name("peer").start(() -> serve(channel));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(SocketChannel channel) {
    SSLEngine engine = trust.server();
    ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES);
    ByteBuffer out = ByteBuffer.allocate(BUFFER_BYTES);
    ByteBuffer plain = ByteBuffer.allocate(BUFFER_BYTES);
    ByteArrayOutputStream all = null;
    try (channel) {
      engine.beginHandshake();
      while (!engine.isInboundDone()) {
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
          engine.getDelegatedTask().run();
          continue;
        }
        if (status == HandshakeStatus.NEED_WRAP) {
          engine.wrap(ByteBuffer.allocate(0), out);
          channel.write(out.flip());
          out.clear();
          continue;
        }
        if (status == HandshakeStatus.NOT_HANDSHAKING && all == null) {
          all = new ByteArrayOutputStream();
          connections.add(all);
        }
        SSLEngineResult result = engine.unwrap(in.flip(), plain);
        in.compact();
        if (all != null) {
          all.write(plain.array(), 0, plain.position());
        }
        plain.clear();
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
          while (paused) {
            Thread.sleep(1);
          }
          if (channel.read(in) < 0) {
            return;
          }
        }
      }
    } catch (IOException | InterruptedException e) {
      // the connection is over; what came is kept
    }
  }

  @Override
  public void close() throws IOException {
    end();
  }

  /** Takes no connection any more, and breaks off those there are. */
  public void end() throws IOException {
    listener.close();
    kill();
  }
}
