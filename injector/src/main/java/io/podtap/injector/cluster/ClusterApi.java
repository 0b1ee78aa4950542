package io.podtap.injector.cluster;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import io.podtap.tap.discover.ServiceAccount;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Requests to the API server.
 *
 * @param base such as {@code https://10.96.0.1:443}, without a slash at its end
 */
public record ClusterApi(URI base, Credentials credentials) {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int TEXT_LENGTH_MAX = 200;

  /**
   * Returns how a pod reaches its API server.
   *
   * @throws SettingsException outside of a pod
   */
  public static ClusterApi of(ServiceAccount account) {
    if (account.host().isEmpty()) {
      throw new SettingsException("KUBERNETES_SERVICE_HOST is not set: not in a pod?");
    }
    boolean isIpv6 = account.host().indexOf(':') >= 0;
    String host = isIpv6 ? '[' + account.host() + ']' : account.host();
    return mounted(URI.create("https://" + host + ':' + account.port()), account.folder());
  }

  /**
   * Returns the API server that kubectl would speak with: of a kubeconfig, else the pod's own.
   *
   * @param context of the kubeconfig, or an empty text for the current one
   * @throws SettingsException when there is neither
   */
  public static ClusterApi of(Map<String, String> environment, String context) {
    return ClusterChoice.NONE.withContext(context).api(environment);
  }

  /**
   * Returns a server that is called with a mounted service account.
   *
   * @param folder of {@code token}, {@code ca.crt} and {@code namespace}
   */
  public static ClusterApi mounted(URI base, Path folder) {
    return new ClusterApi(base, new MountedAccount(folder));
  }

  /**
   * An answer.
   *
   * @param object the body, empty when it is no object
   */
  public record Answer(int status, Map<String, @Nullable Object> object) {

    /** Returns whether the server did what was asked. */
    public boolean isGood() {
      return status / 100 == 2;
    }

    /** Returns what the server says, whole. */
    public String message() {
      return Tree.text(object, "message").replaceAll("\\s+", " ");
    }

    /** Returns what the server says is wrong, in one line. */
    public String reason() {
      String message = message();
      return status + " " + message.substring(0, Math.min(message.length(), TEXT_LENGTH_MAX));
    }
  }

  /** Returns the namespace that is meant where none is named. */
  public String namespace() throws IOException {
    return credentials.namespace();
  }

  /**
   * Returns an object.
   *
   * @throws RefusedException when it is not there or not ours to see
   */
  public Map<String, @Nullable Object> object(String path) throws IOException {
    Answer answer = get(path);
    if (!answer.isGood()) {
      throw new RefusedException("GET " + path, answer);
    }
    return answer.object();
  }

  /** As {@link #send}, without a body. */
  public Answer get(String path) throws IOException {
    return send("GET", path, "", null);
  }

  /**
   * Sends a request and reads its answer.
   *
   * @param type the body's media type, empty for none
   * @throws IOException when there is no answer
   */
  public Answer send(String method, String path, String type, @Nullable Object body)
      throws IOException {
    HttpRequest.Builder request =
        request(path).timeout(TIMEOUT).header("Accept", "application/json");
    if (type.isEmpty()) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", type)
          .method(method, HttpRequest.BodyPublishers.ofString(JsonText.write(body)));
    }
    try (HttpClient client =
        credentials.reaching(HttpClient.newBuilder().connectTimeout(TIMEOUT)).build()) {
      HttpResponse<byte[]> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), object(response.body()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private HttpRequest.Builder request(String path) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    credentials
        .headers()
        .forEach((name, values) -> values.forEach(value -> request.header(name, value)));
    String authorization = credentials.authorization();
    return authorization.isEmpty() ? request : request.header("Authorization", authorization);
  }

  /** Takes what a watch brings. */
  public interface WatchTaker {

    /** Takes one event, and says whether it wants more. */
    boolean take(Map<String, @Nullable Object> event) throws IOException;
  }

  /**
   * Watches, until the server ends it, the taker has enough, the time is over or {@code end} is
   * complete; the latter may look like a failure.
   *
   * @param path with its query, which names the version to begin at
   * @param seconds how long at most; a server that falls silent is given up a little later
   * @throws RefusedException when it cannot be watched; 410 when the version is too old
   */
  public void watch(String path, int seconds, CompletableFuture<?> end, WatchTaker taker)
      throws IOException {
    HttpRequest request = request(path + "&watch=1&timeoutSeconds=" + seconds).build();
    HttpClient client =
        credentials.reaching(HttpClient.newBuilder().connectTimeout(TIMEOUT)).build();
    Executor later =
        CompletableFuture.delayedExecutor(seconds + TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    later.execute(client::shutdownNow);
    CompletableFuture<Void> _ = end.thenRun(client::shutdownNow);
    try (InputStream body =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
      String line = lines.readLine();
      while (line != null) {
        Map<String, @Nullable Object> event = object(line.getBytes(StandardCharsets.UTF_8));
        requireEvent(path, event);
        line = taker.take(Tree.map(event)) ? lines.readLine() : null;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      client.shutdownNow();
    }
  }

  /** A refusal comes as a Status, alone or as the object of an event ERROR. */
  private static void requireEvent(String path, Map<String, @Nullable Object> event)
      throws IOException {
    boolean isError = Tree.text(event, "type").equals("ERROR");
    if (isError || !event.containsKey("object")) {
      Map<String, @Nullable Object> status = isError ? Tree.map(event.get("object")) : event;
      int code = status.get("code") instanceof Number number ? number.intValue() : 0;
      throw new RefusedException(
          "watching " + path.replaceFirst("\\?.*", ""), new Answer(code, status));
    }
  }

  private static Map<String, @Nullable Object> object(byte[] body) {
    try {
      return Tree.map(JsonText.read(new ByteArrayInputStream(body)));
    } catch (JsonText.MalformedException e) {
      return Map.of("message", new String(body, StandardCharsets.UTF_8));
    }
  }
}
