// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Drivers with native XDP whose source was read; of others nothing is said. */
#include "drivers.h"

#include <stddef.h>
#include <string.h>

static const struct tw_driver drivers[] = {
	{ "bnxt_en", true, "closes and opens the card again: packets are lost for a moment",
	  "drivers/net/ethernet/broadcom/bnxt/bnxt_xdp.c: bnxt_xdp_set()" },
	{ "ena", true, "takes the interface down and up again: packets are lost for a moment",
	  "drivers/net/ethernet/amazon/ena/ena_xdp.c: ena_xdp_set()" },
	{ "i40e", true, "resets the whole port: the link goes down and comes back",
	  "drivers/net/ethernet/intel/i40e/i40e_main.c: i40e_xdp_setup()" },
	{ "ice", true, "takes the interface down and up again: the link toggles",
	  "drivers/net/ethernet/intel/ice/ice_main.c: ice_xdp_setup_prog()" },
	{ "igb", true, "closes and opens the interface: the link goes down and comes back",
	  "drivers/net/ethernet/intel/igb/igb_main.c: igb_xdp_setup()" },
	{ "igc", true, "closes and opens the interface (newer kernels: stops its queues): the link may go down and come back",
	  "drivers/net/ethernet/intel/igc/igc_xdp.c: igc_xdp_set_prog()" },
	{ "ixgbe", true, "makes its queues anew: the link goes down and comes back",
	  "drivers/net/ethernet/intel/ixgbe/ixgbe_main.c: ixgbe_xdp_setup()" },
	{ "mlx5_core", true, "opens new queues and closes the old ones: the link stays, some packets may be lost",
	  "drivers/net/ethernet/mellanox/mlx5/core/en_main.c: mlx5e_xdp_set()" },
	{ "virtio_net", false, "pauses its queues, and has the host merge no packets while XDP is attached",
	  "drivers/net/virtio_net.c: virtnet_xdp_set()" },
};

const struct tw_driver *tw_driver_find(const char *name)
{
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (!strcmp(drivers[i].name, name))
			return &drivers[i];
	return NULL;
}
