/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests.bench;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * HTTP/1.1 over kept connections, both ends in one small program: {@code server PORT} answers every
 * request with 1 KiB; {@code client ADDRESS PORT} answers each line {@code RATE SECONDS} of its
 * input with {@code REQUESTS_PER_SECOND P50_MS P99_MS}. Rate 0 is as fast as the answers come.
 *
 * <p>At a fixed rate the latency counts from the moment a request was due, not from when a late
 * client got round to sending it.
 */
final class HttpProgram {

  private static final int CONNECTIONS = 8;
  private static final int BODY_SIZE = 1_024;
  private static final byte[] REQUEST =
      "GET /item?id=1 HTTP/1.1\r\nHost: pod\r\nAccept: */*\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] RESPONSE =
      ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
              + BODY_SIZE
              + "\r\n\r\n"
              + "x".repeat(BODY_SIZE))
          .getBytes(StandardCharsets.US_ASCII);

  private HttpProgram() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("server")) {
      serve(Integer.parseInt(arguments[1]));
    } else {
      answer(arguments[1], Integer.parseInt(arguments[2]));
    }
  }

  private static void serve(int port) throws IOException {
    try (ServerSocket server = new ServerSocket(port)) {
      while (true) {
        Socket socket = server.accept();
        Thread.ofPlatform().daemon().start(() -> serve(socket));
      }
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      byte[] buffer = new byte[REQUEST.length];
      // Only this program's client comes here: its requests are all alike.
      while (in.readNBytes(buffer, 0, buffer.length) == buffer.length) {
        out.write(RESPONSE);
      }
    } catch (IOException e) {
      System.err.println("http server: " + e.getMessage());
    }
  }

  private static void answer(String address, int port) throws Exception {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      Socket socket = new Socket(address, port);
      socket.setTcpNoDelay(true);
      sockets.add(socket);
    }
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      String line = lines.readLine();
      while (line != null) {
        String[] words = line.split(" ", -1);
        double rate = Double.parseDouble(words[0]);
        double seconds = Double.parseDouble(words[1]);
        long start = System.nanoTime();
        List<Future<long[]>> parts = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
          int number = i;
          Callable<long[]> part = () -> request(sockets.get(number), number, rate, seconds, start);
          parts.add(threads.submit(part));
        }
        print(parts, start);
        line = lines.readLine();
      }
    }
  }

  private static void print(List<Future<long[]>> parts, long start)
      throws InterruptedException, ExecutionException {
    long[] all = new long[0];
    for (Future<long[]> part : parts) {
      long[] latencies = part.get();
      int before = all.length;
      all = Arrays.copyOf(all, before + latencies.length);
      System.arraycopy(latencies, 0, all, before, latencies.length);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    Arrays.sort(all);
    System.out.printf(
        Locale.ROOT,
        "%.1f %.3f %.3f%n",
        all.length / seconds,
        all[(int) (all.length * 0.50)] / 1e6,
        all[(int) (all.length * 0.99)] / 1e6);
  }

  /** Sends this connection's share of the requests; returns the latency of each in nanoseconds. */
  private static long[] request(Socket socket, int number, double rate, double seconds, long start)
      throws IOException {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    byte[] buffer = new byte[RESPONSE.length];
    long[] latencies = new long[1_024];
    int count = 0;
    long end = start + (long) (seconds * 1e9);
    while (true) {
      long due = System.nanoTime();
      if (rate > 0) {
        due = start + (long) ((number + (double) count * CONNECTIONS) / rate * 1e9);
      }
      if (due >= end) {
        return Arrays.copyOf(latencies, count);
      }
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      out.write(REQUEST);
      if (in.readNBytes(buffer, 0, buffer.length) != buffer.length) {
        throw new EOFException("the server closed the connection");
      }
      if (count == latencies.length) {
        latencies = Arrays.copyOf(latencies, 2 * count);
      }
      latencies[count] = System.nanoTime() - due;
      count++;
    }
  }
}
