package io.podtap.injector.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.podtap.injector.tree.JsonText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Carries {@link Admission} over HTTPS: {@code POST /inject...}, and {@code GET /ready}.
 *
 * <p>The JDK's own server; its settings are system properties that it reads once, so they are set
 * before its first class is touched.
 */
final class WebhookServer implements AutoCloseable {

  /**
   * The API server's own limit of a request is 3 MiB; a review repeats the object twice at most.
   */
  private static final int BODY_BYTES_MAX = 8 << 20;

  /** Bodies in memory at a time. */
  private static final int REVIEWS_MAX = 16;

  private static final int BACKLOG = 256;
  private static final String CONNECTIONS_MAX = "512";
  private static final String ERROR = "error";
  private static final String MALFORMED = "malformed";

  static {
    set("sun.net.httpserver.nodelay", "true"); // else answers wait 40 ms for an acknowledgement
    set("sun.net.httpserver.maxReqTime", "10");
    set("sun.net.httpserver.maxRspTime", "10");
    set("sun.net.httpserver.idleInterval", "90");
    set("jdk.httpserver.maxConnections", CONNECTIONS_MAX);
    // As many: one that is closed as it falls idle may carry the next review already, which is
    // lost.
    set("sun.net.httpserver.maxIdleConnections", CONNECTIONS_MAX);
  }

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore reviews = new Semaphore(REVIEWS_MAX);
  private final Admission admission;
  private final WebhookCounters counters;
  private final Decisions decisions;
  private final Supplier<String> problem;
  private volatile boolean isDraining;

  /** Hears what was decided; any thread, and at once. */
  interface Decisions {
    void take(@Nullable Object review, Admission.Answer answer);
  }

  private WebhookServer(
      HttpsServer server,
      Admission admission,
      WebhookCounters counters,
      Decisions decisions,
      Supplier<String> problem) {
    this.server = server;
    this.decisions = decisions;
    this.admission = admission;
    this.counters = counters;
    this.problem = problem;
  }

  /**
   * Listens and answers.
   *
   * @param problem why {@code /ready} is no, or an empty text
   * @throws IOException when the address is taken
   */
  static WebhookServer start(
      InetSocketAddress address,
      SSLContext tls,
      Admission admission,
      WebhookCounters counters,
      Decisions decisions,
      Supplier<String> problem)
      throws IOException {
    HttpsServer server = HttpsServer.create(address, BACKLOG);
    WebhookServer webhook = new WebhookServer(server, admission, counters, decisions, problem);
    server.setHttpsConfigurator(new ModernTls(tls));
    server.setExecutor(webhook.threads);
    server.createContext("/", webhook::answer);
    server.start();
    return webhook;
  }

  private static void set(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }

  /** TLS 1.2 and 1.3, as API servers speak it. */
  private static final class ModernTls extends HttpsConfigurator {

    ModernTls(SSLContext context) {
      super(context);
    }

    @Override
    public void configure(HttpsParameters parameters) {
      SSLParameters ours = getSSLContext().getDefaultSSLParameters();
      ours.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
      parameters.setSSLParameters(ours);
    }
  }

  /** Returns the port that it listens on. */
  int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      Optional<Map<String, @Nullable Object>> facts = NamespaceFacts.parse(path);
      if (facts.isPresent() && exchange.getRequestMethod().equals("POST")) {
        review(exchange, facts.get());
      } else if (path.equals("/ready")) {
        String why = problem.get();
        send(
            exchange, why.isEmpty() ? 200 : 503, "text/plain", why.isEmpty() ? "ok\n" : why + '\n');
      } else {
        send(exchange, 404, "text/plain", "POST " + NamespaceFacts.PATH + " or GET /ready\n");
      }
    }
  }

  private void review(HttpExchange exchange, Map<String, @Nullable Object> facts)
      throws IOException {
    reviews.acquireUninterruptibly();
    try {
      byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
      long start = System.nanoTime();
      if (body.length > BODY_BYTES_MAX) {
        counters.count(MALFORMED, 0);
        send(exchange, 413, "text/plain", "a review of more than " + BODY_BYTES_MAX + " bytes\n");
        return;
      }
      decide(exchange, body, facts, start);
    } finally {
      reviews.release();
    }
  }

  /**
   * What goes wrong here is an answer of 4xx or 5xx, which {@code failurePolicy: Ignore} takes for
   * a yes.
   */
  private void decide(
      HttpExchange exchange, byte[] body, Map<String, @Nullable Object> facts, long start)
      throws IOException {
    String decision = ERROR;
    int status = 500;
    String type = "text/plain";
    String text = "internal error\n";
    try {
      Object review = JsonText.read(new ByteArrayInputStream(body));
      Admission.Answer answer = admission.answer(review, facts);
      decision = answer.decision();
      decisions.take(review, answer);
      status = 200;
      type = "application/json";
      text = JsonText.write(answer.review());
    } catch (JsonText.MalformedException | Admission.MalformedReviewException e) {
      decision = MALFORMED;
      status = 400;
      text = String.valueOf(e.getMessage()) + '\n';
    } finally {
      counters.count(decision, System.nanoTime() - start);
    }
    send(exchange, status, type, text);
  }

  private void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    if (isDraining) {
      exchange.getResponseHeaders().set("Connection", "close");
    }
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /**
   * Has clients leave: from now on each answer is its connection's last. A connection that is
   * closed otherwise may carry a review by then, which would be lost.
   */
  void drain() {
    isDraining = true;
  }

  /** Answers what is being answered, for a second at most, and ends. */
  @Override
  public void close() {
    server.stop(1);
    threads.shutdownNow();
  }
}
