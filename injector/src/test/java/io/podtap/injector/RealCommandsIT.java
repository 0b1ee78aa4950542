package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.cluster.ClusterApi;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code podtap check} and {@code podtap attach} as people call them, with a kubeconfig. */
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class RealCommandsIT {

  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  private Streams streams() {
    return new Streams(
        InputStream.nullInputStream(),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  private int check(ClusterApi api, String... arguments) {
    CheckCommand command = new CheckCommand();
    new CommandLine(command).parseArgs(arguments);
    out.reset();
    return command.run(api, streams());
  }

  private int attach(ClusterApi api, String... arguments) throws InterruptedException {
    AttachCommand command = new AttachCommand();
    new CommandLine(command).parseArgs(arguments);
    log.reset();
    return command.run(api, streams().log());
  }

  private ClusterApi api(RealApiServer server) throws Exception {
    Path file = folder.resolve("config");
    Files.writeString(
        file,
        """
        current-context: test
        contexts: [{name: test, context: {cluster: here, user: me, namespace: shop}}]
        clusters: [{name: here, cluster: {server: "https://127.0.0.1:%d", certificate-authority: %s}}]
        users: [{name: me, user: {token: %s}}]
        """
            .formatted(server.port(), server.certificates(), RealApiServer.ADMINISTRATOR));
    return ClusterApi.of(Map.of("KUBECONFIG", file.toString()), "");
  }

  @Test
  void theyFindAndSayWhatIsMissing() throws Exception {
    Path place = Files.createDirectory(folder.resolve("server"));
    try (RealApiServer server =
        new RealApiServer(Path.of(System.getenv("KUBEBUILDER_ASSETS")), place)) {
      server.create(
          "/api/v1/namespaces",
          "{\"metadata\": {\"name\": \"shop\", \"labels\": {\"podtap.io/inject\": \"enabled\"}}}");
      server.create(
          "/api/v1/namespaces/shop/pods",
          "{\"metadata\": {\"name\": \"web\"}, \"spec\": {\"containers\": [{\"name\": \"app\","
              + " \"image\": \"app\"}]}}");
      ClusterApi api = api(server);

      assertThat(check(api)).isEqualTo(1);
      assertThat(out.toString(StandardCharsets.UTF_8))
          .matches(
              "(?s)NAMESPACE +POD +TAP +REASON\\s+shop +web +missing +no-webhook +the cluster.*");
      assertThat(check(api, "-A", "-o", "json")).isEqualTo(1);
      assertThat(out.toString(StandardCharsets.UTF_8))
          .startsWith("[{\"namespace\":\"shop\",\"pod\":\"web\",\"tap\":\"missing\"");
      assertThat(check(api, "-n", "default")).isZero();
      assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("no tap is missing\n");

      assertThat(attach(api, "pod/web")).isEqualTo(1);
      assertThat(log.toString(StandardCharsets.UTF_8))
          .isEqualTo("podtap: no tap for pod/web, not-running: its phase is Pending\n");
      server.patch(
          "/api/v1/namespaces/shop/pods/web/status", "{\"status\": {\"phase\": \"Running\"}}");
      assertThat(attach(api, "web", "--timeout", "1", "-w", folder.resolve("a.pcapng").toString()))
          .isEqualTo(1);
      assertThat(log.toString(StandardCharsets.UTF_8))
          .contains("container podtap-capture does not run after 1 s: the node's kubelet has not");
    }
    assertThat(check(apiAfterItsEnd())).isEqualTo(2);
  }

  private ClusterApi apiAfterItsEnd() {
    return ClusterApi.of(Map.of("KUBECONFIG", folder.resolve("config").toString()), "");
  }
}
