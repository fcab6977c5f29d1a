// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Phases along the forest of the loudest edges; the order of these launches is in phase_forest_order.h. Bound by
// memory: a round reads every bin's node and those of its neighbours, and where trees meet their magnitudes.
#include "kernels/cuda/launch.h"
#include "kernels/launchers.h"
#include "kernels/phase_forest.h"

namespace spectrohue::cuda {

namespace {

template <class Kernel>
__global__ void forest_kernel(const ForestArgs args) {
  Kernel::thread(args, {{blockIdx.x, blockIdx.y}, {threadIdx.x, threadIdx.y}}, blockDim.x);
}

}  // namespace

template <class Kernel>
void launch_forest(const ForestArgs& args, cudaStream_t stream) {
  launch(Kernel::kName, forest_kernel<Kernel>, forest_launch(args), args, stream);
}

template void launch_forest<ForestLargest>(const ForestArgs&, cudaStream_t);
template void launch_forest<ForestSeeds>(const ForestArgs&, cudaStream_t);
template void launch_forest<ForestEdges>(const ForestArgs&, cudaStream_t);
template void launch_forest<ForestMarks>(const ForestArgs&, cudaStream_t);
template void launch_forest<ForestJoins>(const ForestArgs&, cudaStream_t);
template void launch_forest<ForestRoots>(const ForestArgs&, cudaStream_t);
template void launch_forest<ForestFirsts>(const ForestArgs&, cudaStream_t);
template void launch_forest<ForestPhases>(const ForestArgs&, cudaStream_t);

}  // namespace spectrohue::cuda
