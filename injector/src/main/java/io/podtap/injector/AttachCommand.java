/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import io.podtap.core.agent.Termination;
import io.podtap.core.config.Program;
import io.podtap.core.config.SettingsException;
import io.podtap.injector.attach.Attachment;
import io.podtap.injector.attach.Capture;
import io.podtap.injector.attach.PodTarget;
import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.inject.EphemeralTap;
import io.podtap.injector.inject.TapTemplate;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code podtap attach}: a tap for one pod that runs, or its packets here. */
@Command(
    name = "attach",
    description = {
      "Attach a tap to a pod that runs, as an ephemeral container.",
      "With -w the packets come here instead of going to a sensor:",
      "  podtap attach POD -w - | wireshark -k -i -"
    },
    modelTransformer = DeclaredTapOptions.class,
    sortOptions = false)
public final class AttachCommand implements Program {

  private static final long DRAIN_MS_MAX = 8_000;
  private static final int TIMEOUT_SECONDS_MAX = 3_600;

  @Parameters(
      paramLabel = "POD",
      description =
          "The pod's name, or KIND/NAME of what has pods, as deploy/shop: po, deploy, sts, ds, rs,"
              + " rc, job, svc, rollout, dc.")
  private String pod = "";

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "Its namespace (default: the kubeconfig's).")
  private String namespace = "";

  @Option(
      names = {"-c", "--target", "--container"},
      paramLabel = "NAME",
      description = "Container whose processes the tap shares.")
  private String target = "";

  @Option(
      names = {"-w", "--write"},
      paramLabel = "FILE|-",
      description = "Write packets here, as pcapng; - is standard output. Ctrl-C ends it.")
  private @Nullable String write;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "How long the container may take to run (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds = 60;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Mixin private TapOptions tap = new TapOptions();

  @Override
  public Integer call() throws InterruptedException {
    return run(cluster.api(System.getenv()), System.err);
  }

  /** Returns the exit code; says on {@code log} what became of it. */
  int run(ClusterApi api, PrintStream log) throws InterruptedException {
    if (timeoutSeconds < 1 || timeoutSeconds > TIMEOUT_SECONDS_MAX) {
      throw new SettingsException("timeout " + timeoutSeconds + " is out of range 1 to 3600");
    }
    TapTemplate template = tap.template();
    try {
      String its = namespace.isEmpty() ? api.namespace() : namespace;
      String name = PodTarget.pod(api, its, pod);
      if (pod.contains("/") && !pod.endsWith('/' + name)) {
        log.println("podtap: pod/" + name + " of " + pod);
      }
      Attachment attachment =
          new Attachment(api, its, name, template, target, Duration.ofSeconds(timeoutSeconds), log);
      return write == null ? mirror(attachment) : capture(attachment, write);
    } catch (IOException e) {
      log.println("podtap: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
      return 1;
    }
  }

  private int mirror(Attachment attachment) throws IOException, InterruptedException {
    String container = attachment.add(attachment.read(), EphemeralTap.Purpose.MIRROR);
    attachment
        .log()
        .println(
            "podtap: container "
                + container
                + " of pod/"
                + attachment.pod()
                + " mirrors to "
                + attachment.template().options().get("sensor")
                + " until the pod ends");
    return 0;
  }

  private int capture(Attachment attachment, String file) throws IOException, InterruptedException {
    try (OutputStream out = open(file)) {
      Map<String, @Nullable Object> present = attachment.read();
      String running = EphemeralTap.runningTap(present);
      String container =
          running.isEmpty() ? attachment.add(present, EphemeralTap.Purpose.CAPTURE) : running;
      try (Capture capture =
              Capture.start(
                  attachment.api(),
                  ApiPath.inNamespace(attachment.namespace(), "pods", attachment.pod()),
                  container,
                  options(attachment.template()),
                  running.isEmpty(),
                  out,
                  attachment.log());
          Termination termination = Termination.install(capture::stop, DRAIN_MS_MAX)) {
        String problem = capture.await();
        if (!problem.isEmpty()) {
          attachment.log().println("podtap: the capture has ended: " + problem);
        }
        termination.exitCode(problem.isEmpty() ? 0 : 1);
        return problem.isEmpty() ? 0 : 1;
      }
    }
  }

  private static OutputStream open(String file) throws IOException {
    return file.equals("-") ? new FileOutputStream(FileDescriptor.out) : new FileOutputStream(file);
  }

  /** All that the container's environment might say otherwise is said. */
  private static List<String> options(TapTemplate template) {
    // The former name of --exit-on-stdin-eof, which a tap of 0.1 in the pod does not know yet.
    List<String> options = new ArrayList<>(List.of("--write", "-", "--end-with-input=on"));
    options.add("--interface=" + template.options().get("interface"));
    options.add("--filter=" + template.options().getOrDefault("filter", ""));
    options.add("--direction=" + template.options().getOrDefault("direction", "both"));
    String snaplen = template.options().get("snaplen");
    if (snaplen != null) {
      options.add("--snaplen=" + snaplen);
    }
    return options;
  }
}
