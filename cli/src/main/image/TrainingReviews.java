import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Plays the API server towards a webhook that is trained: {@code key STORE PASSWORD FOLDER} writes a
 * key store's identity as {@code tls.crt} and {@code tls.key}, {@code send STORE PASSWORD PORT} sends
 * reviews of a made-up pod, over many connections and over one.
 */
final class TrainingReviews {

  private static final int CONNECTIONS = 100;
  private static final int REVIEWS = 3_000;
  private static final String ALIAS = "api";

  private static final String REVIEW =
      """
      {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "training", "operation": "CREATE", "namespace": "training",
        "resource": {"group": "", "version": "v1", "resource": "pods"},
        "object": {
          "metadata": {"generateName": "training-", "labels": {"app": "training"}, "annotations": {"podtap.io/vni": "7"}},
          "spec": {
            "initContainers": [{"name": "first", "image": "first"}],
            "containers": [{"name": "app", "image": "app", "env": [{"name": "A", "value": "1.5"}], "ports": [{"containerPort": 80}]}],
            "terminationGracePeriodSeconds": 30}}}}
      """;

  public static void main(String[] arguments) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(arguments[1])) {
      store.load(in, arguments[2].toCharArray());
    }
    if (arguments[0].equals("key")) {
      Path folder = Path.of(arguments[3]);
      Files.writeString(
          folder.resolve("tls.key"),
          pem("PRIVATE KEY", store.getKey(ALIAS, arguments[2].toCharArray()).getEncoded()));
      Files.writeString(
          folder.resolve("tls.crt"), pem("CERTIFICATE", store.getCertificate(ALIAS).getEncoded()));
    } else {
      send(trusting(store), URI.create("https://127.0.0.1:" + arguments[3] + "/inject/enabled"));
    }
  }

  private static String pem(String kind, byte[] bytes) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
  }

  private static SSLContext trusting(KeyStore store) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(ALIAS, store.getCertificate(ALIAS));
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  private static void send(SSLContext tls, URI webhook) throws Exception {
    for (int i = 0; i < CONNECTIONS; i++) {
      try (HttpClient client = client(tls)) {
        review(client, webhook);
      }
    }
    try (HttpClient client = client(tls)) {
      for (int i = 0; i < REVIEWS; i++) {
        review(client, webhook);
      }
    }
  }

  private static HttpClient client(SSLContext tls) {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(tls).build();
  }

  private static void review(HttpClient client, URI webhook) throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(webhook).POST(HttpRequest.BodyPublishers.ofString(REVIEW)).build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200 || !answer.body().contains("JSONPatch")) {
      throw new IOException(answer.statusCode() + " " + answer.body());
    }
  }
}
