# Kubernetes and Helm: what runs inside the clusters, the most used of it.

resource "helm_release" {
  kind = "compute"
  sets = ["set", "set_sensitive"]
  aspects = {
    name                  = "identity"
    namespace             = "reference"
    chart                 = "setting"
    repository            = "setting"
    version               = "version/addon"
    values                = "setting"
    set                   = "setting/parameter"
    "set_sensitive.value" = "secret"
    repository_password   = "secret"
    manifest              = "identity"
    metadata              = "identity"
    atomic                = "identity"
    cleanup_on_fail       = "identity"
    create_namespace      = "identity"
    timeout               = "identity"
    wait                  = "identity"
    wait_for_jobs         = "identity"
  }
}

resource "kubernetes_deployment" {
  kind    = "compute"
  scale   = "proportional"
  members = try(coalesce(spec[0].replicas, 1) * 1, 1)
  aspects = {
    "metadata.name"                                = "identity"
    "metadata.namespace"                           = "reference"
    "metadata.labels"                              = "setting/tag"
    "metadata.annotations"                         = "setting/tag"
    "metadata.generation"                          = "identity"
    "metadata.resource_version"                    = "identity"
    "metadata.uid"                                 = "identity"
    "spec.replicas"                                = "count/members"
    "spec.template.metadata.annotations"           = "identity"
    "spec.template.metadata.generation"            = "identity"
    "spec.template.metadata.resource_version"      = "identity"
    "spec.template.metadata.uid"                   = "identity"
    "spec.template.spec.container.env"             = "setting/environment"
    "spec.template.spec.container.image"           = "version/image"
    "spec.template.spec.container.liveness_probe"  = "monitoring/health-check"
    "spec.template.spec.container.readiness_probe" = "monitoring/health-check"
    "spec.template.spec.container.startup_probe"   = "monitoring/health-check"
    "spec.template.spec.container.resources"       = "size/amount"
    "spec.template.spec.init_container.env"        = "setting/environment"
    "spec.template.spec.init_container.image"      = "version/image"
    "spec.template.spec.init_container.resources"  = "size/amount"
    "spec.template.spec.service_account_name"      = "reference"
    wait_for_rollout                               = "identity"
  }
}

resource "kubernetes_stateful_set" {
  kind    = "compute"
  scale   = "proportional"
  members = try(coalesce(spec[0].replicas, 1) * 1, 1)
  aspects = {
    "metadata.name"                                        = "identity"
    "metadata.namespace"                                   = "reference"
    "metadata.labels"                                      = "setting/tag"
    "metadata.annotations"                                 = "setting/tag"
    "metadata.generation"                                  = "identity"
    "metadata.resource_version"                            = "identity"
    "metadata.uid"                                         = "identity"
    "spec.replicas"                                        = "count/members"
    "spec.template.metadata.annotations"                   = "identity"
    "spec.template.metadata.generation"                    = "identity"
    "spec.template.metadata.resource_version"              = "identity"
    "spec.template.metadata.uid"                           = "identity"
    "spec.template.spec.container.env"                     = "setting/environment"
    "spec.template.spec.container.image"                   = "version/image"
    "spec.template.spec.container.liveness_probe"          = "monitoring/health-check"
    "spec.template.spec.container.readiness_probe"         = "monitoring/health-check"
    "spec.template.spec.container.startup_probe"           = "monitoring/health-check"
    "spec.template.spec.container.resources"               = "size/amount"
    "spec.template.spec.init_container.env"                = "setting/environment"
    "spec.template.spec.init_container.image"              = "version/image"
    "spec.template.spec.init_container.resources"          = "size/amount"
    "spec.template.spec.service_account_name"              = "reference"
    "spec.volume_claim_template.metadata.resource_version" = "identity"
    "spec.volume_claim_template.metadata.uid"              = "identity"
    "spec.volume_claim_template.spec.resources"            = "size/storage"
    wait_for_rollout                                       = "identity"
  }
}

resource "kubernetes_config_map" {
  kind = "parameter"
  aspects = {
    "metadata.name"             = "identity"
    "metadata.namespace"        = "reference"
    "metadata.labels"           = "setting/tag"
    "metadata.annotations"      = "setting/tag"
    "metadata.generation"       = "identity"
    "metadata.resource_version" = "identity"
    "metadata.uid"              = "identity"
    data                        = "setting/parameter"
    binary_data                 = "setting/opaque"
  }
}

resource "kubernetes_secret" {
  kind = "secret"
  aspects = {
    "metadata.name"             = "identity"
    "metadata.namespace"        = "reference"
    "metadata.labels"           = "setting/tag"
    "metadata.annotations"      = "setting/tag"
    "metadata.generation"       = "identity"
    "metadata.resource_version" = "identity"
    "metadata.uid"              = "identity"
    data                        = "secret"
    binary_data                 = "secret"
  }
}

resource "kubernetes_service" {
  kind = "balancer"
  aspects = {
    "metadata.name"               = "identity"
    "metadata.namespace"          = "reference"
    "metadata.labels"             = "setting/tag"
    "metadata.annotations"        = "setting/tag"
    "metadata.generation"         = "identity"
    "metadata.resource_version"   = "identity"
    "metadata.uid"                = "identity"
    "spec.cluster_ip"             = "identity"
    "spec.cluster_ips"            = "identity"
    "spec.health_check_node_port" = "identity"
    "spec.port.node_port"         = "identity"
    status                        = "identity"
    wait_for_load_balancer        = "identity"
  }
}

resource "kubernetes_namespace" {
  kind = "part"
  aspects = {
    "metadata.name"                  = "identity"
    "metadata.namespace"             = "reference"
    "metadata.labels"                = "setting/tag"
    "metadata.annotations"           = "setting/tag"
    "metadata.generation"            = "identity"
    "metadata.resource_version"      = "identity"
    "metadata.uid"                   = "identity"
    wait_for_default_service_account = "identity"
  }
}

resource "kubernetes_deployment_v1" {
  kind    = "compute"
  scale   = "proportional"
  members = try(coalesce(spec[0].replicas, 1) * 1, 1)
  aspects = {
    "metadata.name"                                = "identity"
    "metadata.namespace"                           = "reference"
    "metadata.labels"                              = "setting/tag"
    "metadata.annotations"                         = "setting/tag"
    "metadata.generation"                          = "identity"
    "metadata.resource_version"                    = "identity"
    "metadata.uid"                                 = "identity"
    "spec.replicas"                                = "count/members"
    "spec.template.metadata.annotations"           = "identity"
    "spec.template.metadata.generation"            = "identity"
    "spec.template.metadata.resource_version"      = "identity"
    "spec.template.metadata.uid"                   = "identity"
    "spec.template.spec.container.env"             = "setting/environment"
    "spec.template.spec.container.image"           = "version/image"
    "spec.template.spec.container.liveness_probe"  = "monitoring/health-check"
    "spec.template.spec.container.readiness_probe" = "monitoring/health-check"
    "spec.template.spec.container.startup_probe"   = "monitoring/health-check"
    "spec.template.spec.container.resources"       = "size/amount"
    "spec.template.spec.init_container.env"        = "setting/environment"
    "spec.template.spec.init_container.image"      = "version/image"
    "spec.template.spec.init_container.resources"  = "size/amount"
    "spec.template.spec.service_account_name"      = "reference"
    wait_for_rollout                               = "identity"
  }
}

resource "kubernetes_stateful_set_v1" {
  kind    = "compute"
  scale   = "proportional"
  members = try(coalesce(spec[0].replicas, 1) * 1, 1)
  aspects = {
    "metadata.name"                                        = "identity"
    "metadata.namespace"                                   = "reference"
    "metadata.labels"                                      = "setting/tag"
    "metadata.annotations"                                 = "setting/tag"
    "metadata.generation"                                  = "identity"
    "metadata.resource_version"                            = "identity"
    "metadata.uid"                                         = "identity"
    "spec.replicas"                                        = "count/members"
    "spec.template.metadata.annotations"                   = "identity"
    "spec.template.metadata.generation"                    = "identity"
    "spec.template.metadata.resource_version"              = "identity"
    "spec.template.metadata.uid"                           = "identity"
    "spec.template.spec.container.env"                     = "setting/environment"
    "spec.template.spec.container.image"                   = "version/image"
    "spec.template.spec.container.liveness_probe"          = "monitoring/health-check"
    "spec.template.spec.container.readiness_probe"         = "monitoring/health-check"
    "spec.template.spec.container.startup_probe"           = "monitoring/health-check"
    "spec.template.spec.container.resources"               = "size/amount"
    "spec.template.spec.init_container.env"                = "setting/environment"
    "spec.template.spec.init_container.image"              = "version/image"
    "spec.template.spec.init_container.resources"          = "size/amount"
    "spec.template.spec.service_account_name"              = "reference"
    "spec.volume_claim_template.metadata.resource_version" = "identity"
    "spec.volume_claim_template.metadata.uid"              = "identity"
    "spec.volume_claim_template.spec.resources"            = "size/storage"
    wait_for_rollout                                       = "identity"
  }
}

resource "kubernetes_config_map_v1" {
  kind = "parameter"
  aspects = {
    "metadata.name"             = "identity"
    "metadata.namespace"        = "reference"
    "metadata.labels"           = "setting/tag"
    "metadata.annotations"      = "setting/tag"
    "metadata.generation"       = "identity"
    "metadata.resource_version" = "identity"
    "metadata.uid"              = "identity"
    data                        = "setting/parameter"
    binary_data                 = "setting/opaque"
  }
}

resource "kubernetes_secret_v1" {
  kind = "secret"
  aspects = {
    "metadata.name"             = "identity"
    "metadata.namespace"        = "reference"
    "metadata.labels"           = "setting/tag"
    "metadata.annotations"      = "setting/tag"
    "metadata.generation"       = "identity"
    "metadata.resource_version" = "identity"
    "metadata.uid"              = "identity"
    data                        = "secret"
    binary_data                 = "secret"
  }
}

resource "kubernetes_service_v1" {
  kind = "balancer"
  aspects = {
    "metadata.name"               = "identity"
    "metadata.namespace"          = "reference"
    "metadata.labels"             = "setting/tag"
    "metadata.annotations"        = "setting/tag"
    "metadata.generation"         = "identity"
    "metadata.resource_version"   = "identity"
    "metadata.uid"                = "identity"
    "spec.cluster_ip"             = "identity"
    "spec.cluster_ips"            = "identity"
    "spec.health_check_node_port" = "identity"
    "spec.port.node_port"         = "identity"
    status                        = "identity"
    wait_for_load_balancer        = "identity"
  }
}

resource "kubernetes_namespace_v1" {
  kind = "part"
  aspects = {
    "metadata.name"                  = "identity"
    "metadata.namespace"             = "reference"
    "metadata.labels"                = "setting/tag"
    "metadata.annotations"           = "setting/tag"
    "metadata.generation"            = "identity"
    "metadata.resource_version"      = "identity"
    "metadata.uid"                   = "identity"
    wait_for_default_service_account = "identity"
  }
}
