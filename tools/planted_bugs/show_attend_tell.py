"""What chapter 3 does wrong: scenes, the model over pictures, its losses and its scores."""

from __future__ import annotations

from planted_bugs.bug import Bug

SCENES = "tests/data/test_scenes.py"
MODEL = "tests/models/test_show_attend_tell.py"
PICTURES = "tests/models/test_pictures.py"
LOSSES = "tests/models/test_captions.py"
CAPTIONING = "tests/test_captioning.py"
EQUATIONS = f"{MODEL}::test_the_equations_with_torchs_lstm"

BUGS: list[Bug] = [
    # --- scenes ---
    Bug(
        "objects are named in the order of columns",
        "data/scenes.py",
        "in divmod(cell, CELLS))",
        "in divmod(cell, CELLS)[::-1])",
        (f"{SCENES}::test_objects_stand_in_cells_of_their_own_in_reading_order",),
    ),
    Bug(
        "an object sticks out of its cell",
        "data/scenes.py",
        "random.randint(0, CELL - size)",
        "random.randint(0, CELL - size + 1)",
        (f"{SCENES}::test_objects_stand_in_cells_of_their_own_in_reading_order",),
    ),
    Bug(
        "rows and columns are exchanged in the picture",
        "data/scenes.py",
        "picture[:, top:bottom, left:right]",
        "picture[:, left:right, top:bottom]",
        (f"{SCENES}::test_the_picture_shows_the_objects_and_nothing_else",),
    ),
    Bug(
        "the split follows from the pixels",
        "data/scenes.py",
        "{thing.cell}-{thing.colour}-{thing.shape}",
        "{thing.top}-{thing.left}-{thing.colour}-{thing.shape}",
        (f"{SCENES}::test_a_split_follows_from_what_stands_where_not_from_the_pixels",),
    ),
    Bug(
        "a location misses boxes that only touch its last pixel",
        "data/scenes.py",
        "(y + height > top)",
        "(y + height > top + 1)",
        (f"{SCENES}::test_locations_share_a_pixel_with_the_box",),
    ),
    Bug(
        "locations are counted column by column",
        "data/scenes.py",
        ").ravel()\n\n\ndef _grid",
        ").T.ravel()\n\n\ndef _grid",
        (f"{SCENES}::test_locations_by_hand",),
    ),
    Bug(
        "the comma names an object",
        "data/scenes.py",
        '"and" if index == last else ",", -1)',
        '"and" if index == last else ",", index)',
        (f"{SCENES}::test_a_caption",),
    ),
    # --- the model ---
    Bug(
        "the gates are in torch's order",
        "models/show_attend_tell.py",
        "i, f, o, g = (",
        "i, f, g, o = (",
        (EQUATIONS,),
    ),
    Bug(
        "the gate is a vector",
        "models/show_attend_tell.py",
        "nn.Linear(n, 1) if gate",
        "nn.Linear(n, D) if gate",
        (EQUATIONS, f"{MODEL}::test_the_sizes_of_the_authors_program_are_the_defaults"),
    ),
    Bug(
        "the gate is not asked of the state alone",
        "models/show_attend_tell.py",
        "z = torch.sigmoid(self.f_beta(h)) * z",
        "z = torch.sigmoid(self.f_beta(h + z.mean())) * z",
        (EQUATIONS,),
    ),
    Bug(
        "no deep output: the word before is not in it",
        "models/show_attend_tell.py",
        "deep = y + self.L_h",
        "deep = self.L_h",
        (EQUATIONS,),
    ),
    Bug(
        "the tanh of the authors' program stands in the paper's output",
        "models/show_attend_tell.py",
        'if self.output == "tanh" else deep',
        'if self.output == "paper" else deep',
        (EQUATIONS,),
    ),
    Bug(
        "the initial states have no tanh",
        "models/show_attend_tell.py",
        "torch.tanh(self.f_init_c(mean))",
        "self.f_init_c(mean)",
        (EQUATIONS,),
    ),
    Bug(
        "barred locations are in the mean annotation",
        "models/show_attend_tell.py",
        "return mask.to(dtype) / mask.sum(1, keepdim=True)",
        "return torch.ones_like(mask, dtype=dtype) / mask.shape[1]",
        (f"{MODEL}::test_a_barred_location_is_not_there",),
    ),
    Bug(
        "even weights are computed in single precision",
        "models/show_attend_tell.py",
        "return mask.to(dtype) / mask.sum(1, keepdim=True)",
        "return (mask / mask.sum(1, keepdim=True)).to(dtype)",
        (EQUATIONS,),
    ),
    Bug(
        "annotations are ordered column by column",
        "models/pictures.py",
        "F.relu(self.place(x)).flatten(2)",
        "F.relu(self.place(x)).mT.flatten(2)",
        (f"{PICTURES}::test_the_grid_runs_row_by_row_and_sees_what_is_near",),
    ),
    Bug(
        "places are told where they are not wanted, and not where they are",
        "models/pictures.py",
        "if self.coordinates:",
        "if not self.coordinates:",
        (f"{PICTURES}::test_only_coordinates_tell_inner_locations_apart",),
    ),
    Bug(
        "select forgets the memory",
        "models/show_attend_tell.py",
        "self.h[rows], self.c[rows], self.annotations[rows]",
        "self.h[rows], self.c[: len(rows)], self.annotations[rows]",
        (f"{MODEL}::test_select_is_indexing",),
    ),
    Bug(
        "a step loses the memory",
        "models/show_attend_tell.py",
        "replace(state, h=h, c=c)",
        "replace(state, h=h)",
        (f"{MODEL}::test_steps_are_teacher_forcing",),
    ),
    Bug(
        "hard looks at the likeliest in training, too",
        "models/show_attend_tell.py",
        'if self.training or self.look == "drawn":',
        'if self.look == "drawn":',
        (f"{MODEL}::test_hard_looks_at_one_location_drawn_from_the_weights",),
    ),
    Bug(
        "the expectation is taken where a draw was asked for",
        "models/show_attend_tell.py",
        "torch.where(soft[:, None], alpha, look)",
        "torch.where(soft[:, None], look, alpha)",
        (f"{MODEL}::test_hard_with_the_expectation_everywhere_is_soft",),
    ),
    Bug(
        "pictures of another size pass",
        "models/pictures.py",
        "if source.shape[1:] != (3, height, width):",
        "if source.shape[1] != 3:",
        (f"{MODEL}::test_bad_input",),
    ),
    # --- the losses ---
    Bug(
        "the penalty is a mean over the locations",
        "models/captions.py",
        "(1 - coverage).square().sum(1).mean()",
        "(1 - coverage).square().mean()",
        (f"{LOSSES}::test_the_penalty_by_a_loop",),
    ),
    Bug(
        "padded words count as looks",
        "models/captions.py",
        "(weights[:, 0, 0] * target_mask[..., None]).sum(1)",
        "weights[:, 0, 0].sum(1)",
        (f"{LOSSES}::test_the_penalty_by_a_loop",),
    ),
    Bug(
        "the penalty sums over the locations, not over the words",
        "models/captions.py",
        "target_mask[..., None]).sum(1)",
        "target_mask[..., None]).sum(2)",
        (f"{LOSSES}::test_the_penalty_by_a_loop",),
    ),
    Bug(
        "padding is in the log-probability",
        "models/captions.py",
        "return -(nats * batch.target_mask).sum(1)",
        "return -nats.sum(1)",
        (f"{LOSSES}::test_the_soft_loss",),
    ),
    Bug(
        "the score term has the wrong sign",
        "models/captions.py",
        "loss = loss - (terms - terms.detach())",
        "loss = loss + (terms - terms.detach())",
        (f"{LOSSES}::test_reinforce_is_unbiased_whatever_the_baseline",),
    ),
    Bug(
        "the reward is not detached",
        "models/captions.py",
        "self._terms(log_p.detach(), weights",
        "self._terms(log_p, weights",
        (f"{LOSSES}::test_reinforce_is_unbiased_whatever_the_baseline",),
    ),
    Bug(
        "there is no score term: hard attention never learns where to look",
        "models/captions.py",
        "score = self.reward * (log_p - self.b) * drawn",
        "score = 0 * drawn",
        (f"{LOSSES}::test_reinforce_is_unbiased_whatever_the_baseline",),
    ),
    Bug(
        "the log-probability of the draws is that of the last word alone",
        "models/captions.py",
        "drawn = (drawn * mask).sum(1)",
        "drawn = (drawn * mask)[:, -1]",
        (f"{LOSSES}::test_reinforce_is_unbiased_whatever_the_baseline",),
    ),
    Bug(
        "the baseline is that of this very batch",
        "models/captions.py",
        "            terms = self._terms(",
        "            self.b = 0.9 * self.b + 0.1 * float(log_p.detach().mean())\n"
        "            terms = self._terms(",
        (f"{LOSSES}::test_this_batch_is_not_in_its_own_baseline",),
    ),
    Bug(
        "the baseline forgets too soon",
        "models/captions.py",
        "0.9 * self.b + 0.1 * float",
        "0.1 * self.b + 0.9 * float",
        (f"{LOSSES}::test_the_baseline_follows_the_log_likelihood",),
    ),
    Bug(
        "one draw decides for the whole batch whether it learns softly",
        "models/captions.py",
        "soft = torch.rand(len(batch), device=batch.source.device) < 0.5",
        "soft = (torch.rand(1, device=batch.source.device) < 0.5).expand(len(batch))",
        (f"{LOSSES}::test_every_picture_has_a_chance_of_its_own",),
    ),
    Bug(
        "pictures that learn softly have a score term as well",
        "models/captions.py",
        "score = score.masked_fill(soft, 0.0)",
        "score = score.masked_fill(soft & ~soft, 0.0)",
        (f"{LOSSES}::test_half_of_the_pictures_learn_softly",),
    ),
    Bug(
        "the entropy is pushed down",
        "models/captions.py",
        "entropy = -(weights * log_alpha)",
        "entropy = (weights * log_alpha)",
        (f"{LOSSES}::test_the_entropy_is_that_of_torch",),
    ),
    Bug(
        "the entropy of weights of zero is NaN",
        "models/captions.py",
        "weights.clamp_min(torch.finfo(weights.dtype).tiny).log()",
        "weights.log()",
        (f"{LOSSES}::test_sharp_weights_have_finite_gradients",),
    ),
    # --- the scores ---
    Bug(
        "pointing counts words that name nothing",
        "captioning.py",
        "        if index >= 0\n",
        "",
        (f"{CAPTIONING}::test_pointing_by_hand",),
    ),
    Bug(
        "a hit is where the least weight is",
        "captioning.py",
        "alpha.argmax(-1)",
        "alpha.argmin(-1)",
        (f"{CAPTIONING}::test_scores_are_those_of_one_scene_at_a_time",),
    ),
    Bug(
        "a variant forgets what is other in its loss",
        "replications/show_attend_tell.py",
        '**{**settings["reinforce"], **changes}',
        '**settings["reinforce"]',
        (
            "tests/replications/test_show_attend_tell.py"
            "::test_a_variant_is_trained_with_the_loss_that_it_names",
        ),
    ),
    Bug(
        "chance is that of one location",
        "captioning.py",
        "float(boxes[index].mean()))",
        "1 / boxes[index].size)",
        (f"{CAPTIONING}::test_pointing_by_hand",),
    ),
    Bug(
        "padded rows are in the coverage",
        "captioning.py",
        "(weights[:, 0, 0] * batch.target_mask[..., None]).float()",
        "weights[:, 0, 0].float()",
        (f"{CAPTIONING}::test_scores_are_those_of_one_scene_at_a_time",),
    ),
    Bug(
        "padded words count as right",
        "captioning.py",
        "(logits.argmax(-1) == batch.target_out) & batch.target_mask",
        "(logits.argmax(-1) == batch.target_out) | ~batch.target_mask",
        (f"{CAPTIONING}::test_scores_are_those_of_one_scene_at_a_time",),
    ),
    Bug(
        "the weights of PAD and BOS stay in a description",
        "captioning.py",
        "best.weights[0, 0, rows]",
        "best.weights[0, 0]",
        (f"{CAPTIONING}::test_a_description_has_a_row_of_weights_for_each_token",),
    ),
]
