# What wakes somebody: who is called does not answer, or answers with errors; who works is at its limits.
locals {
  balancers = merge(
    { for name, web in module.web : name => web.dimensions.balancer },
    { for name, service in module.service : name => service.dimensions if local.tiers[name].called },
  )
  machines = merge(
    { for name, web in module.web : name => web.dimensions.machines },
    { for name, worker in module.worker : name => worker.dimensions },
  )
  alarms = merge(
    {
      for name, dimensions in local.balancers : "${name}-unhealthy" =>
      { namespace = "AWS/ApplicationELB", metric = "UnHealthyHostCount", dimensions = dimensions, statistic = "Maximum", threshold = 0 }
    },
    {
      for name, dimensions in local.balancers : "${name}-errors" =>
      { namespace = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", dimensions = { LoadBalancer = dimensions.LoadBalancer }, statistic = "Sum", threshold = 10 }
    },
    {
      for name, dimensions in local.machines : "${name}-cpu" =>
      { namespace = "AWS/EC2", metric = "CPUUtilization", dimensions = dimensions, threshold = 85 }
    },
    {
      for name, service in module.service : "${name}-cpu" =>
      { namespace = "AWS/ECS", metric = "CPUUtilization", dimensions = { ClusterName = var.environment, ServiceName = service.service_name }, threshold = 85 }
    },
    {
      for name, function in module.function : "${name}-errors" =>
      { namespace = "AWS/Lambda", metric = "Errors", dimensions = function.dimensions, statistic = "Sum", threshold = 0 }
    },
    local.database == null ? {} : {
      database-cpu = { namespace = "AWS/RDS", metric = "CPUUtilization", dimensions = module.database[0].dimensions, threshold = 85 }
    },
    local.cache == null ? {} : {
      cache-memory = { namespace = "AWS/ElastiCache", metric = "DatabaseMemoryUsagePercentage", dimensions = module.cache[0].dimensions, threshold = 85 }
    },
  )
}
