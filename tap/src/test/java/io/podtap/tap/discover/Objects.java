/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

/** Objects as the API server writes them; {@code RV} stands for the version. */
public final class Objects {

  private Objects() {}

  public static String pod(String name, String node, boolean ready, String... addresses) {
    StringBuilder ips = new StringBuilder();
    for (String address : addresses) {
      ips.append(ips.isEmpty() ? "" : ",").append("{\"ip\":\"").append(address).append("\"}");
    }
    return """
    {"metadata":{"name":"%s","namespace":"monitoring","uid":"u-%s","resourceVersion":"RV",
     "labels":{"run":"zeek"},"managedFields":[{"manager":"kubelet","fieldsV1":{"f:metadata":
     {"f:labels":{".":{},"f:run":{}}},"k:{\\"ip\\":\\"1.2.3.4\\"}":{".":{}}}}]},
     "spec":{"nodeName":"%s","containers":[{"name":"zeek","image":"zeek","ports":[{"containerPort":4789}]}]},
     "status":{"phase":"Running","conditions":[{"type":"PodScheduled","status":"True"},
     {"type":"Ready","status":"%s","lastProbeTime":null}],"hostIP":"192.168.0.1",
     "podIP":"%s","podIPs":[%s],"containerStatuses":[{"ready":true,"restartCount":0}]}}
    """
        .formatted(
            name,
            name,
            node,
            ready ? "True" : "False",
            addresses.length == 0 ? "" : addresses[0],
            ips)
        .replace("\n", "");
  }

  static String slice(String name, String family, String ports, String... endpoints) {
    return """
    {"metadata":{"name":"%s","resourceVersion":"RV"},"addressType":"%s",
     "endpoints":[%s],"ports":[%s]}
    """
        .formatted(name, family, String.join(",", endpoints), ports)
        .replace("\n", "");
  }

  static String endpoint(String address, String target, String node, String ready) {
    return """
    {"addresses":["%s"],"conditions":{"ready":%s,"serving":true,"terminating":false},
     "targetRef":{"kind":"Pod","name":"%s"},"nodeName":"%s","zone":"a"}\
    """
        .formatted(address, ready, target, node);
  }
}
