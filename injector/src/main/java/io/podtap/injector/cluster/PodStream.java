/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import io.podtap.core.agent.Threads;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Standard streams of a container over one WebSocket to the API server. The first byte of a message
 * says whose bytes follow: 0 standard input, 1 output, 2 error, 3 how it ended. Version 5 can also
 * say that a stream has ended, with 255 and its number; version 4 cannot.
 *
 * <p>Output is written where it arrives, one message at a time: whoever reads slowly slows the
 * container down.
 *
 * @see "k8s.io/apimachinery/pkg/util/remotecommand; RFC 6455"
 */
public final class PodStream implements AutoCloseable {

  private static final String VERSION_5 = "v5.channel.k8s.io";
  private static final String VERSION_4 = "v4.channel.k8s.io";
  private static final int INPUT = 0;
  private static final int OUTPUT = 1;
  private static final int ERROR = 2;
  private static final int STATUS = 3;
  private static final int CLOSE = 255;
  private static final int STATUS_BYTES_MAX = 64 << 10;
  private static final Duration CONNECT = Duration.ofSeconds(15);
  private static final long PING_SECONDS = 10;
  private static final long SILENCE_NS = 60_000_000_000L;
  private static final int BYTES_IN_WORDS_MAX = 200;

  /**
   * How the process or the stream ended.
   *
   * @param exitCode the process's, -1 when it is not known
   * @param text what went wrong, or an empty text
   */
  public record End(int exitCode, String text) {}

  private final HttpClient client;
  private final OutputStream out;
  private final OutputStream err;
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private final ScheduledExecutorService pings =
      Executors.newSingleThreadScheduledExecutor(Threads.factory("stream-ping"));
  private @Nullable WebSocket socket;
  private volatile long heardNs = System.nanoTime();

  private PodStream(HttpClient client, OutputStream out, OutputStream err) {
    this.client = client;
    this.out = out;
    this.err = err;
  }

  /**
   * Connects.
   *
   * @param path with its query, of {@code attach} or {@code exec}
   * @param out gets the container's standard output; not closed
   * @param err gets its standard error; not closed
   * @throws IOException with the missing rule where RBAC refuses
   */
  public static PodStream open(ClusterApi api, String path, OutputStream out, OutputStream err)
      throws IOException {
    HttpClient client =
        api.credentials().reaching(HttpClient.newBuilder().connectTimeout(CONNECT)).build();
    PodStream stream = new PodStream(client, out, err);
    try {
      stream.connect(api, path);
      return stream;
    } catch (IOException e) {
      stream.close();
      throw e;
    }
  }

  private void connect(ClusterApi api, String path) throws IOException {
    WebSocket.Builder builder =
        client
            .newWebSocketBuilder()
            .connectTimeout(CONNECT)
            .header("User-Agent", ClusterApi.USER_AGENT)
            .subprotocols(VERSION_5, VERSION_4);
    api.credentials()
        .headers()
        .forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
    String authorization = api.credentials().authorization();
    if (!authorization.isEmpty()) {
      builder.header("Authorization", authorization);
    }
    URI uri = URI.create("wss" + api.base().toString().substring("https".length()) + path);
    try {
      WebSocket opened = builder.buildAsync(uri, new Receiver()).join();
      socket = opened;
      ScheduledFuture<?> _ =
          pings.scheduleAtFixedRate(
              () -> ping(opened), PING_SECONDS, PING_SECONDS, TimeUnit.SECONDS);
    } catch (CompletionException e) {
      throw refusal(path.replaceFirst("\\?.*", ""), e.getCause());
    }
  }

  private static IOException refusal(String path, @Nullable Throwable cause) {
    if (cause instanceof WebSocketHandshakeException handshake) {
      int status = handshake.getResponse().statusCode();
      String[] words = path.split("/", -1);
      return new RefusedException(
          status,
          status == 403
              ? new Denial(
                      "this user", "create, get", "", "pods/" + words[words.length - 1], words[4])
                  .text()
              : path + ": the API server answers " + status + " instead of a stream");
    }
    return cause instanceof IOException e ? e : new IOException(path, cause);
  }

  private void ping(WebSocket opened) {
    if (System.nanoTime() - heardNs > SILENCE_NS) {
      fail("nothing heard of the API server for a minute");
      opened.abort();
      return;
    }
    CompletableFuture<WebSocket> _ =
        opened.sendPing(ByteBuffer.allocate(0)).exceptionally(_ -> opened);
  }

  private void fail(String text) {
    end.complete(new End(-1, text));
  }

  /** Sends a line to the container's standard input. */
  public void line() {
    send(new byte[] {INPUT, '\n'});
  }

  /**
   * Ends the container's standard input; where the version cannot say so, a line is all it sees.
   */
  public void endInput() {
    line();
    WebSocket opened = socket;
    if (opened != null && opened.getSubprotocol().equals(VERSION_5)) {
      send(new byte[] {(byte) CLOSE, INPUT});
    }
  }

  private synchronized void send(byte[] message) {
    WebSocket opened = socket;
    if (opened != null && !opened.isOutputClosed()) {
      try {
        opened.sendBinary(ByteBuffer.wrap(message), true).get(1, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        fail("sending: " + e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits for the end, as long as it takes. */
  public End await() throws InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // it is never completed with one
    }
  }

  /** Waits for the end; when it does not come in time, nothing is known of it. */
  public End await(Duration timeout) throws InterruptedException {
    try {
      return end.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return new End(-1, "no end within " + timeout.toSeconds() + " s");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    pings.shutdownNow();
    WebSocket opened = socket;
    if (opened != null) {
      opened.abort();
    }
    fail("closed");
    client.shutdownNow();
  }

  /** What comes; one message at a time, each in as many pieces as it likes. */
  private final class Receiver implements WebSocket.Listener {

    private final ByteArrayOutputStream status = new ByteArrayOutputStream();
    private int channel = -1;

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      heardNs = System.nanoTime();
      if (channel < 0 && data.hasRemaining()) {
        channel = data.get() & 0xFF;
      }
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      try {
        take(bytes);
      } catch (IOException e) {
        fail("local output: " + e.getMessage());
        from.abort();
        return null;
      }
      if (last) {
        if (channel == STATUS) {
          end.complete(parse(status.toString(StandardCharsets.UTF_8)));
        }
        channel = -1;
      }
      from.request(1);
      return null;
    }

    private void take(byte[] bytes) throws IOException {
      switch (channel) {
        case OUTPUT -> out.write(bytes);
        case ERROR -> err.write(bytes);
        case STATUS -> {
          if (status.size() + bytes.length <= STATUS_BYTES_MAX) {
            status.writeBytes(bytes);
          }
        }
        default -> {} // the end of one stream: the status follows
      }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
      heardNs = System.nanoTime();
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      fail("the API server closed the stream" + (reason.isEmpty() ? "" : ": " + reason));
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
      fail("stream: " + failure.getMessage());
    }
  }

  /** Reads a Status: a success, or the exit code among the causes of a failure. */
  static End parse(String text) {
    try {
      Map<String, @Nullable Object> status = Tree.map(JsonText.read(text));
      if (Tree.text(status, "status").equals("Success")) {
        return new End(0, "");
      }
      for (Object cause : Tree.list(Tree.at(status, "details", "causes"))) {
        String message = Tree.text(cause, "message");
        if (Tree.text(cause, "reason").equals("ExitCode") && message.matches("[0-9]{1,3}")) {
          return new End(Integer.parseInt(message), "exit code " + message);
        }
      }
      return new End(-1, Tree.text(status, "message"));
    } catch (JsonText.MalformedException e) {
      return new End(-1, text.substring(0, Math.min(text.length(), BYTES_IN_WORDS_MAX)));
    }
  }
}
