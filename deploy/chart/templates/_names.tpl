{{/* An image reference: repository, then a digest where one is given, otherwise a tag. Argument: (list values suffix appVersion image). */}}
{{- define "podtap.reference" -}}
{{- $shared := (index . 0).image -}}
{{- $own := index . 3 -}}
{{- $repository := $own.repository | default (printf "%s%s" $shared.repository (index . 1)) -}}
{{- if $own.digest -}}
{{ $repository }}@{{ $own.digest }}
{{- else -}}
{{ $repository }}:{{ $own.tag | default $shared.tag | default (index . 2) }}
{{- end -}}
{{- end }}

{{/* The tap's image. Sensor and webhook have images of their own, named after it. */}}
{{- define "podtap.image" -}}
{{ include "podtap.reference" (list .Values "" .Chart.AppVersion .Values.image) }}
{{- end }}

{{- define "podtap.sensorImage" -}}
{{ include "podtap.reference" (list .Values "-sensor" .Chart.AppVersion .Values.sensor.image) }}
{{- end }}

{{- define "podtap.webhookImage" -}}
{{ include "podtap.reference" (list .Values "-webhook" .Chart.AppVersion .Values.webhook.image) }}
{{- end }}

{{/* "true" where the chart installs its own sensor: unless told otherwise, where taps are not sent to another one. */}}
{{- define "podtap.ownSensor" -}}
{{- if eq (toString .Values.sensor.enabled) "auto" -}}
{{- if not .Values.tap.sensor -}}true{{- end -}}
{{- else if .Values.sensor.enabled -}}
true
{{- end -}}
{{- end }}

{{- define "podtap.labels" -}}
app.kubernetes.io/name: podtap
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Where a program's pods run, of the values of that program. */}}
{{- define "podtap.scheduling" -}}
{{- with .priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .hostNetwork }}
hostNetwork: true
dnsPolicy: ClusterFirstWithHostNet
{{- end }}
{{- end }}

{{/* Seconds that containers wait for a tap; headStart is the former name, until 0.3. */}}
{{- define "podtap.startupDelay" -}}
{{- if hasKey .Values.tap "headStart" }}{{ .Values.tap.headStart }}{{ else }}{{ .Values.tap.startupDelay }}{{ end -}}
{{- end }}

{{/* Where taps send. Without a sensor of the chart and without tap.sensor taps have no sensor: pods then name it in an annotation. */}}
{{- define "podtap.sensorRequired" -}}
{{- if and (not (include "podtap.ownSensor" .)) (not .Values.tap.sensor) -}}
{{- fail "sensor.enabled is false and tap.sensor is empty: taps would have no sensor; set tap.sensor" -}}
{{- end -}}
{{- end }}

{{/* Metrics by edge need somebody who names the ends. */}}
{{- define "podtap.edgeMetrics" -}}
{{- if .Values.sensor.edgeMetrics.enabled -}}
{{- if eq .Values.sensor.identity "none" -}}
{{- fail "sensor.edgeMetrics.enabled needs names of workloads: set sensor.identity to api or reports" -}}
{{- end -}}
true
{{- end -}}
{{- end }}

{{/* The brokers that detect reads from: those that the sensors send to, unless it has its own. */}}
{{- define "podtap.detectBrokers" -}}
{{- .Values.detect.kafka | default .Values.sensor.kafka | required "detect.enabled needs brokers: set sensor.kafka or detect.kafka" -}}
{{- end }}

{{/* Where taps send. A usual port is left out: then a pod's annotations may choose the other transport. */}}
{{- define "podtap.sensor" -}}
{{- $port := int .Values.sensor.port -}}
{{- $usual := ternary 4789 6081 (eq .Values.sensor.encapsulation "vxlan") -}}
{{- if .Values.tap.tls.secret -}}
{{- if and (include "podtap.ownSensor" .) (not .Values.tap.sensor) (not .Values.sensor.tls.secret) -}}
{{- fail "tap.tls.secret is set and sensor.tls.secret is not: taps would send over TLS to a sensor that does not listen to it" -}}
{{- end -}}
{{- $port = int .Values.sensor.tls.port -}}
{{- $usual = 6343 -}}
{{- end -}}
{{- $suffix := ternary "" (printf ":%d" $port) (eq $port $usual) -}}
{{ .Values.tap.sensor | default (printf "dns:podtap-sensor.%s.svc.cluster.local.%s" .Release.Namespace $suffix) }}
{{- end }}

{{/* What PodSecurity's restricted level asks of a container that needs nothing. */}}
{{- define "podtap.securityContext" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: true
{{- end }}

{{- define "podtap.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Arguments for the taps' policy: chart value, option of the webhook. Numbers without an exponent. */}}
{{- define "podtap.tapPolicies" -}}
{{- $arguments := list }}
{{- range $pair := list
    (list "direction" "direction")
    (list "send" "send")
    (list "lanes" "lanes")
    (list "transport" "transport")
    (list "budgetMbps" "budget-mbps")
    (list "flowCutoff" "flow-cutoff")
    (list "headersOnly" "headers-only")
    (list "metrics" "tap-metrics") }}
{{- with index $ (first $pair) }}
{{- $value := . }}
{{- if not (kindIs "string" .) }}
{{- $value = int64 . | toString }}
{{- end }}
{{- $arguments = concat $arguments (list (printf "--%s" (last $pair)) $value) }}
{{- end }}
{{- end }}
{{- with $arguments }}
{{- toYaml . }}
{{- end }}
{{- end }}
