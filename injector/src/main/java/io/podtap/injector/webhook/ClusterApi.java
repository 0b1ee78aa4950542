package io.podtap.injector.webhook;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import io.podtap.tap.discover.ServiceAccount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The few requests that the webhook's certificate needs of the API server. Token and authority are
 * read for every request, since the kubelet replaces them.
 *
 * @param base such as {@code https://10.96.0.1:443}
 * @param account folder of {@code token}, {@code ca.crt} and {@code namespace}
 */
record ClusterApi(URI base, Path account) {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int TEXT_LENGTH_MAX = 200;

  /**
   * Returns how a pod reaches its API server.
   *
   * @throws SettingsException outside of a pod
   */
  static ClusterApi of(ServiceAccount account) {
    if (account.host().isEmpty()) {
      throw new SettingsException(
          "KUBERNETES_SERVICE_HOST is not set: not in a pod? Then give --certificate");
    }
    boolean isIpv6 = account.host().indexOf(':') >= 0;
    String host = isIpv6 ? '[' + account.host() + ']' : account.host();
    return new ClusterApi(URI.create("https://" + host + ':' + account.port()), account.folder());
  }

  /**
   * An answer.
   *
   * @param object the body, empty when it is no object
   */
  record Answer(int status, Map<String, @Nullable Object> object) {

    boolean isGood() {
      return status / 100 == 2;
    }

    /** Returns what the server says is wrong, in one line. */
    String reason() {
      String message = Tree.text(object, "message").replaceAll("\\s+", " ");
      return status + " " + message.substring(0, Math.min(message.length(), TEXT_LENGTH_MAX));
    }
  }

  /** Returns the pod's own namespace. */
  String namespace() throws IOException {
    return Files.readString(account.resolve("namespace")).strip();
  }

  Answer get(String path) throws IOException {
    return send("GET", path, "", null);
  }

  /**
   * Sends a request and reads its answer.
   *
   * @param type the body's media type, empty for none
   * @throws IOException when there is no answer
   */
  Answer send(String method, String path, String type, @Nullable Object body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + Files.readString(account.resolve("token")).strip())
            .header("Accept", "application/json");
    if (type.isEmpty()) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", type)
          .method(method, HttpRequest.BodyPublishers.ofString(JsonText.write(body)));
    }
    try (HttpClient client =
        HttpClient.newBuilder().connectTimeout(TIMEOUT).sslContext(trust()).build()) {
      HttpResponse<byte[]> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), object(response.body()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (GeneralSecurityException e) {
      throw new IOException("ca.crt: " + e.getMessage(), e);
    }
  }

  private static Map<String, @Nullable Object> object(byte[] body) {
    try {
      return Tree.map(JsonText.read(new ByteArrayInputStream(body)));
    } catch (JsonText.MalformedException e) {
      return Map.of("message", new String(body, StandardCharsets.UTF_8));
    }
  }

  private SSLContext trust() throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    byte[] pem = Files.readAllBytes(account.resolve("ca.crt"));
    for (Certificate one :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem))) {
      trusted.setCertificateEntry("ca" + trusted.size(), one);
    }
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
