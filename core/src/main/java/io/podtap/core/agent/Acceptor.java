/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.agent;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Accepts connections in a loop that selects, as far as there is room for them. Until there is, the
 * kernel keeps those that come. Never waits; the loop's thread.
 */
public final class Acceptor implements AutoCloseable {

  private static final long SELECT_MS = 250;
  private static final long CROWDED_MS = 5;
  private static final int BACKLOG = 1_024;

  /** What takes the connections. */
  public interface Room {

    /** Returns whether there is a place for one more; may end another connection for it. */
    boolean hasPlace();

    /**
     * Takes over a connection, or closes it.
     *
     * @return whether another one may come in this turn
     */
    boolean take(SocketChannel channel) throws IOException;

    /** Hears that none could be accepted: no descriptors are left, or a client went away. */
    void failed(IOException problem);
  }

  private final ServerSocketChannel listener;
  private final SelectionKey key;
  private final int perTurn;
  private boolean isCrowded;

  private Acceptor(ServerSocketChannel listener, SelectionKey key, int perTurn) {
    this.listener = listener;
    this.key = key;
    this.perTurn = perTurn;
  }

  /**
   * Listens.
   *
   * @param selector the loop's
   * @param perTurn connections accepted in one turn at most
   * @throws IOException when the address is taken
   */
  public static Acceptor listen(Selector selector, SocketAddress address, int perTurn)
      throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.bind(address, BACKLOG);
      listener.configureBlocking(false);
      return new Acceptor(listener, listener.register(selector, SelectionKey.OP_ACCEPT), perTurn);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
  }

  /** Returns the socket that listens. */
  public ServerSocketChannel listener() {
    return listener;
  }

  /** Returns how long the loop may wait for events: shortly while connections wait for room. */
  public long selectMs() {
    return isCrowded ? CROWDED_MS : SELECT_MS;
  }

  /** Accepts what waits. */
  public void accept(Room room) {
    isCrowded = false;
    try {
      for (int i = 0; i < perTurn && !isCrowded; i++) {
        if (!room.hasPlace()) {
          isCrowded = true;
          break;
        }
        SocketChannel channel = listener.accept();
        if (channel == null) {
          break;
        }
        isCrowded = !room.take(channel);
      }
    } catch (IOException e) {
      isCrowded = true;
      room.failed(e);
    }
    // A connection that cannot be taken yet would wake the selector again and again.
    key.interestOps(isCrowded ? 0 : SelectionKey.OP_ACCEPT);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
