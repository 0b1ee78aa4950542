/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import io.podtap.core.testing.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An application and its clients: HTTP over TCP, question and answer over UDP. Every byte is known,
 * so records can be compared with it.
 */
final class Traffic implements AutoCloseable {

  private static final int TIMEOUT_MS = 10_000;
  private static final int DATAGRAM_BYTES_MAX = 65_507;

  /** A tap that has just started, on a busy machine, keeps up with this and drops nothing. */
  private static final String BULK_BITS_PER_SECOND = "300M";

  private final List<AutoCloseable> sockets = new ArrayList<>();

  /** What one exchange carried. */
  record Exchange(long requestBytes, long responseBytes) {}

  /** Starts an HTTP server that answers every request with {@code bodyBytes} bytes. */
  Traffic serveHttp(PodNetwork.Host host, int port, int bodyBytes) {
    ServerSocket server = host.namespace().call(() -> new ServerSocket(port));
    sockets.add(server);
    byte[] head = head(bodyBytes);
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Socket socket = server.accept();
              Thread.ofVirtual().start(() -> answer(socket, head, bodyBytes));
            }
          } catch (SocketException e) {
            return; // closed at the end of the test
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return this;
  }

  private static byte[] head(int bodyBytes) {
    return ("HTTP/1.1 200 OK\r\nContent-Length: " + bodyBytes + "\r\nConnection: close\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static void answer(Socket socket, byte[] head, int bodyBytes) {
    try (socket) {
      int ends = 0;
      while (ends < 4) {
        int read = socket.getInputStream().read();
        if (read < 0) {
          return;
        }
        ends = read == '\r' || read == '\n' ? ends + 1 : 0;
      }
      socket.getOutputStream().write(head);
      socket.getOutputStream().write(new byte[bodyBytes]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks an HTTP server once, over a connection of its own. */
  static Exchange http(PodNetwork.Host from, String address, int port) {
    byte[] request =
        "GET / HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    return from.namespace()
        .call(() -> {
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream().write(request);
            long response = socket.getInputStream().readAllBytes().length;
            return new Exchange(request.length, response);
          }
        });
  }

  /** Starts a UDP server that answers every datagram with {@code answerBytes} bytes. */
  Traffic answerDatagrams(PodNetwork.Host host, int port, int answerBytes) {
    DatagramSocket socket = host.namespace().call(() -> new DatagramSocket(port));
    sockets.add(socket);
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          byte[] buffer = new byte[DATAGRAM_BYTES_MAX];
          byte[] answer = new byte[answerBytes];
          try {
            while (true) {
              DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
              socket.receive(packet);
              if (answerBytes > 0) {
                socket.send(new DatagramPacket(answer, answerBytes, packet.getSocketAddress()));
              }
            }
          } catch (SocketException e) {
            return; // closed at the end of the test
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return this;
  }

  /** Sends one datagram from a port of its own and waits for the answer. */
  static Exchange datagram(PodNetwork.Host from, String address, int port, int bytes) {
    return from.namespace()
        .call(() -> {
          try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(TIMEOUT_MS);
            InetSocketAddress to = new InetSocketAddress(InetAddress.ofLiteral(address), port);
            socket.send(new DatagramPacket(new byte[bytes], bytes, to));
            DatagramPacket answer =
                new DatagramPacket(new byte[DATAGRAM_BYTES_MAX], DATAGRAM_BYTES_MAX);
            socket.receive(answer);
            return new Exchange(bytes, answer.getLength());
          }
        });
  }

  /** Datagrams at a steady pace until {@link #stop}. */
  static final class Stream {

    private final AtomicLong sent = new AtomicLong();
    private final Thread thread;
    private volatile boolean stopping;

    private Stream(PodNetwork.Host from, String address, int port, int bytes, int everyMs) {
      thread = from.namespace().thread("stream", () -> run(address, port, bytes, everyMs));
    }

    private void run(String address, int port, int bytes, int everyMs) {
      try (DatagramSocket socket = new DatagramSocket()) {
        InetSocketAddress to = new InetSocketAddress(InetAddress.ofLiteral(address), port);
        while (!stopping) {
          for (int i = 0; i < 10; i++) {
            socket.send(new DatagramPacket(new byte[bytes], bytes, to));
          }
          sent.addAndGet(10);
          Program.pause(everyMs);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Ends the stream and returns how many datagrams were sent. */
    long stop() {
      stopping = true;
      try {
        thread.join(TimeUnit.SECONDS.toMillis(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return sent.get();
    }
  }

  /** Starts ten datagrams every {@code everyMs} milliseconds, all of one flow. */
  static Stream stream(PodNetwork.Host from, String address, int port, int bytes, int everyMs) {
    return new Stream(from, address, port, bytes, everyMs);
  }

  /**
   * Sends {@code bytes} over TCP with iperf3, client to pod, at 300 Mbit/s, and waits for the end.
   *
   * @param arguments further arguments, such as {@code -R} for the other direction
   */
  static void bulk(PodNetwork network, String address, long bytes, String... arguments) {
    NetworkNamespace pod = network.pod().namespace();
    Process server = pod.start("iperf3", "-s", "-1", "--forceflush");
    try {
      awaitListening(pod, 5_201);
      List<String> command =
          new ArrayList<>(List.of("iperf3", "-c", address, "-b", BULK_BITS_PER_SECOND, "-n"));
      command.add(Long.toString(bytes));
      command.addAll(Arrays.asList(arguments));
      network.client().namespace().run(command.toArray(String[]::new));
    } finally {
      server.destroy();
    }
  }

  private static void awaitListening(NetworkNamespace namespace, int port) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
    while (namespace.run("ss", "-Hltn", "sport = :" + port).isEmpty()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("nothing listens on port " + port);
      }
      Program.pause(20);
    }
  }

  @Override
  public void close() {
    for (AutoCloseable socket : sockets) {
      try {
        socket.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
