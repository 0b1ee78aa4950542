import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Stands in for the Kubernetes API while a cache is trained: one ready pod, then a
 * watch with bookmarks. Run from its source by make-image's JDK; never part of the image.
 *
 * <pre>java TrainingApiServer.java PORT KEYSTORE PASSWORD [ADDRESS]</pre>
 *
 * <p>The pod is at ADDRESS, or at 127.0.0.1.
 */
final class TrainingApiServer {

  private static final String POD =
      """
      {"metadata":{"name":"sensor","namespace":"training","resourceVersion":"1"},
       "spec":{"nodeName":"node"},"status":{"phase":"Running","podIP":"ADDRESS",
       "podIPs":[{"ip":"ADDRESS"}],"conditions":[{"type":"Ready","status":"True"}]}}""";

  private final String pod;

  private TrainingApiServer(String address) {
    pod = POD.replace("ADDRESS", address);
  }

  public static void main(String[] arguments) throws Exception {
    char[] password = arguments[2].toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(Path.of(arguments[1]))) {
      keys.load(in, password);
    }
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(keys, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext("/", new TrainingApiServer(arguments.length > 3 ? arguments[3] : "127.0.0.1")::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    System.out.println("ready");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().toString().contains("watch=1")) {
        byte[] list =
            ("{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" + pod + "]}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, list.length);
        exchange.getResponseBody().write(list);
        return;
      }
      exchange.sendResponseHeaders(200, 0);
      for (int version = 2; ; version++) {
        String type = version % 2 == 0 ? "MODIFIED" : "BOOKMARK";
        String event =
            "{\"type\":\"" + type + "\",\"object\":" + pod.replace("\"1\"", "\"" + version + "\"") + "}\n";
        exchange.getResponseBody().write(event.getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
        Thread.sleep(500);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
