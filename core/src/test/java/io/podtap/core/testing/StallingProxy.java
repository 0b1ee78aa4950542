/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP path on loopback that can get slow, or half-open: connections stand and nothing passes. One
 * thread for each direction of a connection.
 */
public final class StallingProxy implements AutoCloseable {

  private static final int PIECE = 16_384;

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile long delayMs;
  private volatile boolean stalled;

  /** Begins to hand on what comes to a free port to {@code target}. */
  public StallingProxy(int target) {
    this(listen(), target);
  }

  /**
   * As the other.
   *
   * @param listener where connections come to, perhaps in another network namespace; closed with
   *     this
   */
  public StallingProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
    Thread.ofVirtual().start(this::accept);
  }

  /** Returns a socket that listens on loopback, in the network namespace of the thread. */
  public static ServerSocket listen() {
    try {
      ServerSocket listener = new ServerSocket();
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return listener;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the port to connect to. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Lets every piece of data wait for so long. */
  public void delay(long milliseconds) {
    delayMs = milliseconds;
  }

  /** Lets nothing pass from now on, and closes nothing. */
  public void stall() {
    stalled = true;
  }

  /** Lets everything pass again, what has waited first. */
  public synchronized void resume() {
    stalled = false;
    notifyAll();
  }

  /** Breaks off every connection that stands; new ones are taken. */
  public void cut() {
    sockets.forEach(this::close);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket near = listener.accept();
        sockets.add(near);
        Thread.ofVirtual().start(() -> connect(near));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void connect(Socket near) {
    try {
      Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(far);
      Thread forth = Thread.ofVirtual().start(() -> handOn(near, far));
      handOn(far, near);
      forth.join();
      close(near);
      close(far);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      close(near);
    }
  }

  private void handOn(Socket from, Socket to) {
    byte[] piece = new byte[PIECE];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        Thread.sleep(delayMs);
        awaitResume();
        out.write(piece, 0, count);
      }
      awaitResume();
      to.shutdownOutput(); // the other direction goes on: a close with bytes unread is a reset
    } catch (IOException e) {
      close(from); // the other side is told by the end
      close(to);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void awaitResume() throws InterruptedException {
    while (stalled && !listener.isClosed()) {
      wait();
    }
  }

  private void close(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    resume();
    sockets.forEach(this::close);
  }
}
